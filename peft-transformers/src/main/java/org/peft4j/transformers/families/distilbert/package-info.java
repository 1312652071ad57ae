/** DistilBERT: BERT with half the layers, no token types and names of its own. */
@NullMarked
package org.peft4j.transformers.families.distilbert;

import org.jspecify.annotations.NullMarked;
