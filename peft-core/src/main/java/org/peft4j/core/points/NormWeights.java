package org.peft4j.core.points;

import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Tensor;

/**
 * The parameters of a normalisation.
 *
 * @param weight [width]
 * @param bias [width], or null
 */
public record NormWeights(Tensor weight, @Nullable Tensor bias) {}
