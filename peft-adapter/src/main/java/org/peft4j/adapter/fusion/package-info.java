/**
 * AdapterFusion (Pfeiffer et al. 2021, "AdapterFusion: non-destructive task composition for
 * transfer learning"): several trained bottleneck adapters, composed by trained queries, keys and
 * values at every layer.
 *
 * <p>A fusion is an adapter of its own that names others of the same model. It holds them: they may
 * be deleted from the model while it lives, and go on acting in it. Select the fusion alone, not
 * with its members. Settings and numbers are those of the {@code adapters} library (AdapterHub);
 * the file is this library's own, see {@link org.peft4j.adapter.bottleneck}.
 */
@NullMarked
package org.peft4j.adapter.fusion;

import org.jspecify.annotations.NullMarked;
