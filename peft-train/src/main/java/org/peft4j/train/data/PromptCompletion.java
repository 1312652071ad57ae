package org.peft4j.train.data;

/**
 * A text that is given and the text that shall follow it.
 *
 * @param prompt what is given
 * @param completion what the model learns to answer
 */
public record PromptCompletion(String prompt, String completion) {}
