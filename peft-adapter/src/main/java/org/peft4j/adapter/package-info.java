/**
 * Methods that place small trained layers between the frozen ones, or train a chosen few of them.
 *
 * <p>This room will hold bottleneck adapters, Compacter, IA3 and LLaMA-Adapter, and the selective
 * methods: BitFit, norm tuning and chosen layers. It knows {@code peft-core} and no concrete base
 * model.
 */
@NullMarked
package org.peft4j.adapter;

import org.jspecify.annotations.NullMarked;
