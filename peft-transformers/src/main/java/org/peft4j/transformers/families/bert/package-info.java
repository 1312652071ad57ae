/**
 * The BERT family: {@code bert}, and {@code roberta} with {@code xlm-roberta} and {@code
 * camembert}. One encoder, two ways to count positions and to classify.
 */
@NullMarked
package org.peft4j.transformers.families.bert;

import org.jspecify.annotations.NullMarked;
