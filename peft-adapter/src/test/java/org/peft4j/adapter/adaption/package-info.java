/** Tests of LLaMA-Adapter against Python's peft and against the contract of every method. */
@NullMarked
package org.peft4j.adapter.adaption;

import org.jspecify.annotations.NullMarked;
