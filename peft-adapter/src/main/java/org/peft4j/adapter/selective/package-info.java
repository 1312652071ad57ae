/**
 * The selective methods: a chosen few of the base's own parameters are trained, and nothing is
 * added. {@link org.peft4j.adapter.selective.SelectiveConfig} says which:
 *
 * <ul>
 *   <li>biases, all of them or those of chosen kinds of modules: BitFit (Ben-Zaken et al. 2022);
 *   <li>the last layers, or chosen ones;
 *   <li>chosen kinds of modules: attention (Touvron et al. 2022), feed-forward, norms, embeddings;
 *   <li>modules by name;
 *   <li>everything: full fine-tuning, the baseline of every paper, and the way to pretrain a small
 *       base.
 * </ul>
 *
 * <p>The base stays as it is: float32 copies are trained and stand in for the frozen parameters.
 * The modules of a task's head are trained whatever is chosen.
 *
 * <h2>The file</h2>
 *
 * Python's {@code peft} has no such method, so the format is this library's own, in peft's manner.
 * {@code adapter_model.safetensors} holds the trained parameters in float32, each under its name in
 * the base's checkpoint behind {@code base_model.model.}; a weight that is tied to another is there
 * once. Without that prefix they are what {@code load_state_dict(tensors, strict=False)} of the
 * {@code transformers} model takes. {@code adapter_config.json} has the {@code peft_type} {@code
 * SELECTIVE}, the keys that all methods have, and:
 *
 * <table>
 *   <caption>Keys</caption>
 *   <tr><td>{@code parameters}</td><td>{@code all}, {@code weights} or {@code biases}
 *   <tr><td>{@code module_kinds}</td><td>names of {@link org.peft4j.adapter.selective.ModuleKind} in
 *       lower case, or null for all
 *   <tr><td>{@code layers}</td><td>numbers from 0, or null for no limit
 *   <tr><td>{@code last_layers}</td><td>how many, or null for no limit
 *   <tr><td>{@code target_modules}, {@code exclude_modules}</td><td>a list of paths or their parts,
 *       a regular expression over the whole path, or null
 *   <tr><td>{@code modules_to_save}</td><td>modules that are trained whatever is chosen, or null
 * </table>
 */
@NullMarked
package org.peft4j.adapter.selective;

import org.jspecify.annotations.NullMarked;
