/**
 * DJL's side: {@link org.peft4j.transformers.djl.ServedModel} makes a {@code PeftModel} a DJL
 * {@code Model}, so that programs that know {@code Predictor} and {@code Translator} serve it.
 * {@link org.peft4j.transformers.djl.PeftBlock} takes and gives what DJL's Hugging Face translators
 * expect; {@link org.peft4j.transformers.djl.GeneratorBlock} continues texts; {@link
 * org.peft4j.transformers.djl.AdapterTranslator} lets every request choose its adapter.
 */
@NullMarked
package org.peft4j.transformers.djl;

import org.jspecify.annotations.NullMarked;
