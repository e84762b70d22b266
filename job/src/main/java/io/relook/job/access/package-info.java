/**
 * Who may do what: the access policy says which caller may do which operation on which project.
 * Without a policy everybody may do everything. See {@code probe} for rights in output buckets.
 */
@NullMarked
package io.relook.job.access;

import org.jspecify.annotations.NullMarked;
