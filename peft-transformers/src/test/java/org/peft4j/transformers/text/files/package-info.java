@NullMarked
package org.peft4j.transformers.text.files;

import org.jspecify.annotations.NullMarked;
