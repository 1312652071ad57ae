@NullMarked
package org.peft4j.transformers.embedding;

import org.jspecify.annotations.NullMarked;
