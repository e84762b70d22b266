/**
 * Sample pictures: a seeded renderer of one machined part, good or with a defect, so that a demo
 * needs no download. The part is a turned steel flange on a rubber mat, lit from one side and seen
 * by a camera with its own faults. The pieces differ in position, rotation, machining marks, serial
 * number, light and noise. Defects range from obvious to hardly visible.
 */
@NullMarked
package io.relook.local.sample;

import org.jspecify.annotations.NullMarked;
