/**
 * AdapterHub's files: bottleneck adapters and fusions of the {@code adapters} library (Poth et al.
 * 2023, "Adapters: a unified library for parameter-efficient and modular transfer learning"), read
 * and written.
 */
@NullMarked
package org.peft4j.adapter.hub;

import org.jspecify.annotations.NullMarked;
