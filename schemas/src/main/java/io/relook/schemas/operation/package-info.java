/**
 * The operations of the API: one class for each, with its name, project, rules and parameters. What
 * a stage does with an operation is a method of {@link
 * io.relook.schemas.operation.Operation.Handler}, so the compiler names every stage that does not
 * handle a new one.
 */
@NullMarked
package io.relook.schemas.operation;

import org.jspecify.annotations.NullMarked;
