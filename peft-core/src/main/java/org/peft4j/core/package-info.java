/**
 * The contract between frozen bases, fine-tuning methods and those who use them.
 *
 * <p>A {@link org.peft4j.core.BaseModel} is a frozen transformer that publishes injection points. A
 * {@link org.peft4j.core.PeftMethod} turns a {@link org.peft4j.core.PeftConfig} into an {@link
 * org.peft4j.core.Adapter}: trainable parameters at some of these points. A {@link
 * org.peft4j.core.PeftModel} holds one base and its adapters by name, and runs them: which ones act
 * is an {@link org.peft4j.core.AdapterSelection}, an argument of every forward pass.
 */
@NullMarked
package org.peft4j.core;

import org.jspecify.annotations.NullMarked;
