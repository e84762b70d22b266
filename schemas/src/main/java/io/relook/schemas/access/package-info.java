/**
 * Who may do what: the access policy says which caller may do which operation on which project, and
 * which locations an account may have read and written. Job, client and gateway read the same
 * policy.
 */
@NullMarked
package io.relook.schemas.access;

import org.jspecify.annotations.NullMarked;
