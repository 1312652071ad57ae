/** Fine-tunes any checkpoint directory on any file of prompts and completions. */
@NullMarked
package org.peft4j.examples.finetune;

import org.jspecify.annotations.NullMarked;
