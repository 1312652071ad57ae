/**
 * What layers are made of: attention with its mask, feed-forwards, and the sublayers that join them
 * to the residual stream.
 */
@NullMarked
package org.peft4j.transformers.parts.layers;

import org.jspecify.annotations.NullMarked;
