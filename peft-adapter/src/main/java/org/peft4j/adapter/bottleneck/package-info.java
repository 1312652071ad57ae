/**
 * Bottleneck adapters: small trained networks between the frozen sublayers.
 *
 * <p>Behind attention and feed-forward (Houlsby et al. 2019, "Parameter-efficient transfer learning
 * for NLP"), behind the feed-forward alone (Pfeiffer et al. 2020, "MAD-X"; 2021, "AdapterFusion"),
 * or beside it and scaled (He et al. 2022, "Towards a unified view of parameter-efficient transfer
 * learning"); with a gate (Mao et al. 2022, "UniPELT"); and with maps that are sums of Kronecker
 * products (Karimi Mahabadi et al. 2021, "Compacter").
 *
 * <p>Settings, names and numbers are those of the {@code adapters} library (AdapterHub). Python's
 * {@code peft} has no such method, so the file that {@link org.peft4j.core.PeftModel#save} writes
 * is this library's own: {@code adapter_config.json} with the {@code peft_type} {@code BOTTLENECK}
 * and AdapterHub's keys, and {@code adapter_model.safetensors} with AdapterHub's tensor names less
 * the adapter's name, behind {@code base_model.model.}. {@link org.peft4j.adapter.hub.AdapterHub}
 * reads and writes AdapterHub's own files.
 *
 * <p>Several adapters in a selection are a stack, as AdapterHub's {@code Stack}: each works on what
 * the one before it made. A parallel one adds to that, where AdapterHub would forget it.
 */
@NullMarked
package org.peft4j.adapter.bottleneck;

import org.jspecify.annotations.NullMarked;
