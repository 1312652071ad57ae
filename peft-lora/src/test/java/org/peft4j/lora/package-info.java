/** Tests of LoRA against Python's peft and against the contract of every method. */
@NullMarked
package org.peft4j.lora;

import org.jspecify.annotations.NullMarked;
