/**
 * The Phi-3 family ({@code phi3}): Llama with fused projections; {@link
 * org.peft4j.transformers.families.phi3.Phi3Config} knows the rest.
 */
@NullMarked
package org.peft4j.transformers.families.phi3;

import org.jspecify.annotations.NullMarked;
