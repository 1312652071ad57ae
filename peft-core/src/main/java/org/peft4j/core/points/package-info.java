/**
 * Where a method may act on a frozen base.
 *
 * <p>A base publishes its {@linkplain org.peft4j.core.points.InjectionPoint injection points} under
 * the module paths that Hugging Face uses; a method puts a {@linkplain
 * org.peft4j.core.points.Placement placement} at those that its config selects. In a forward pass
 * the base hands what flows to the point, and the point runs its own frozen work with whatever the
 * pass's selection placed around it: nothing, one placement, a stack of them, or different ones for
 * different rows of the batch. Neither side knows the other.
 */
@NullMarked
package org.peft4j.core.points;

import org.jspecify.annotations.NullMarked;
