/**
 * From text to ids and back, and from chats to text.
 *
 * <p>{@link org.peft4j.transformers.text.Tokenizer} reads the {@code tokenizer.json} of a
 * checkpoint. {@link org.peft4j.transformers.text.EncodedText} tells where each token comes from,
 * for encoders: pairs of texts, labels by word, spans of a context. {@link
 * org.peft4j.transformers.text.TextStream} decodes a text while it grows.
 *
 * <p>A {@link org.peft4j.transformers.text.Chat} is messages, tools and how to end; the
 * checkpoint's {@link org.peft4j.transformers.text.ChatTemplate} writes it:
 *
 * <pre>{@code
 * try (Tokenizer tokenizer = Tokenizer.open(checkpoint)) {
 *     Chat chat = Chat.of(ChatMessage.system("Be brief."), ChatMessage.user("Who are you?"));
 *     long[] prompt = tokenizer.chats().encode(chat.withGenerationPrompt());
 *     EncodedChat learned = tokenizer.chats().encodeForTraining(chat.with(ChatMessage.assistant("Me.")));
 *     // learned.ids() and learned.labels() make an example to train on.
 * }
 * }</pre>
 */
@NullMarked
package org.peft4j.transformers.text;

import org.jspecify.annotations.NullMarked;
