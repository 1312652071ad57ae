/**
 * The operator door: libtorch's operators that DJL hides, as typed Java methods.
 *
 * <p>{@link org.peft4j.core.ops.OperatorDoor} packs the TorchScript source {@code operators.py}
 * (beside this package, in the resources) into an archive in memory, with the method {@code
 * linear_map} that multiplies frozen matrices fastest on the device, and loads it through DJL. The
 * three faces of the door are {@link org.peft4j.core.ops.Ops} for the forward pass, {@link
 * org.peft4j.core.ops.WeightOps} for frozen and merged weights, and {@link
 * org.peft4j.core.ops.UpdateOps} for gradients and optimiser steps. All of them speak {@link
 * org.peft4j.core.ops.Tensor}, which knows its dtype by itself: DJL cannot name bfloat16, and
 * asking it about such an array can end the JVM.
 *
 * <p>An operator is added in two steps: a method in {@code operators.py}, and a Java method of the
 * same name here. No other package knows about TorchScript.
 */
@NullMarked
package org.peft4j.core.ops;

import org.jspecify.annotations.NullMarked;
