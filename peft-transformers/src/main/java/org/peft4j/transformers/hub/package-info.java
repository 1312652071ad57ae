/**
 * Models from the Hugging Face hub: {@link org.peft4j.transformers.hub.Hub} brings what is needed
 * of a repository into Hugging Face's own cache and returns the directory. {@link
 * org.peft4j.transformers.Checkpoints#resolve(String)} is the door for users.
 *
 * <p><b>What is taken.</b> From the root of the repository: {@code config.json}, {@code
 * generation_config.json}, the tokeniser's files, chat templates, the weights as safetensors (one
 * file, or the shards that the index lists) and an adapter's {@code adapter_config.json} with
 * {@code adapter_model.safetensors}. Pickles and code are never taken.
 *
 * <p><b>Where it goes.</b> The cache is shared with Python's {@code huggingface_hub}, each finds
 * what the other has downloaded:
 *
 * <pre>
 * CACHE/models--ORG--NAME/blobs/ETAG                        the content, named by its hash
 * CACHE/models--ORG--NAME/snapshots/COMMIT/config.json      a symbolic link to a blob
 * CACHE/models--ORG--NAME/refs/main                         the commit of a branch or tag
 * CACHE/.locks/models--ORG--NAME/ETAG.lock                  held while a blob is downloaded
 * </pre>
 *
 * <p>Where the file system knows no symbolic links the files lie in the snapshot itself. A blob
 * gets its name only once its size and hash are right; until then it is {@code
 * ETAG.peft4j.incomplete}, which a later download resumes. The configs are linked last and the ref
 * is written after them, so that a download that was killed never counts as complete.
 *
 * <p><b>What can be set.</b> {@link org.peft4j.transformers.hub.HubOptions#fromEnvironment()} reads
 * the variables that Python reads: {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_ENDPOINT},
 * {@code HF_TOKEN}, {@code HF_TOKEN_PATH}, {@code HF_HUB_DISABLE_IMPLICIT_TOKEN}, {@code
 * HF_HUB_OFFLINE}, {@code TRANSFORMERS_OFFLINE}, {@code HF_HUB_DISABLE_SYMLINKS} and {@code
 * HF_HUB_DISABLE_PROGRESS_BARS}. A proxy is set by the JVM's own properties, {@code
 * https.proxyHost} and {@code https.proxyPort}.
 *
 * <p><b>What is trusted.</b> Nothing that the hub says about names: names in lists, in indexes and
 * in hashes are checked before they become paths. The token goes to the endpoint only, never to the
 * host that a redirect leads to.
 */
@NullMarked
package org.peft4j.transformers.hub;

import org.jspecify.annotations.NullMarked;
