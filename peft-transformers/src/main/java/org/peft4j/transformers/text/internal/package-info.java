/**
 * Renders Jinja as Hugging Face does. The jinjava library scans and builds the template's tree; its
 * own expressions and loops, however, mean what they mean in Java (no difference between undefined
 * and none, comparisons that convert, reflective access to beans), so expressions and the tags that
 * bind variables are replaced, through its interpreter factory and its tag registry, by ones that
 * follow Jinja2 3.1 in its sandbox. Values are plain JSON; nothing here reaches a Java object by
 * reflection, and work, output and depth are bounded.
 */
@NullMarked
package org.peft4j.transformers.text.internal;

import org.jspecify.annotations.NullMarked;
