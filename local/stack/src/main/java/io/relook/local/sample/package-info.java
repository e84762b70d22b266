/**
 * Sample pictures: a seeded renderer of one machined part, sound or with a defect, so that a demo
 * needs no download. The part is a turned steel flange on a rubber mat, lit from one side and seen
 * by a camera with its own faults; every piece differs from the next in place, turn, machining
 * marks, serial number, light and noise. Defects range from plain to hardly visible.
 */
@NullMarked
package io.relook.local.sample;

import org.jspecify.annotations.NullMarked;
