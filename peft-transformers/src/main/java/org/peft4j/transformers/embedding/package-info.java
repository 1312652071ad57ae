/**
 * Embeddings of whole texts: {@link org.peft4j.transformers.embedding.SentenceEmbedder} pools the
 * hidden states of any base as a checkpoint of sentence-transformers says ({@link
 * org.peft4j.transformers.embedding.EmbeddingConfig}).
 */
@NullMarked
package org.peft4j.transformers.embedding;

import org.jspecify.annotations.NullMarked;
