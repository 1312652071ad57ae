/**
 * Methods that learn a soft prompt: trained virtual tokens in front of the embedded input, or
 * trained keys and values in front of every attention's own.
 *
 * <p>This room will hold prompt tuning, prefix tuning, P-tuning and multitask prompts. It knows
 * {@code peft-core} and no concrete base model.
 */
@NullMarked
package org.peft4j.prompt;

import org.jspecify.annotations.NullMarked;
