package org.peft4j.transformers.hub;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.CompanionFiles;

/**
 * The files of a repository that are needed, all in its root but for further chat templates.
 *
 * @param small the tokeniser's files, chat templates and defaults for generation
 * @param weights files of weights, shards left out
 * @param index the index of the shards, where the weights are in several files
 * @param configs what makes a directory a checkpoint or an adapter
 */
record NeededFiles(
        List<String> small, List<String> weights, Optional<String> index, List<String> configs) {

    static final String CONFIG = "config.json";
    static final String WEIGHTS = "model.safetensors";
    static final String ADAPTER_CONFIG = "adapter_config.json";
    static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";

    private static final Pattern PICKLE = Pattern.compile("(.*/)?[^/]+\\.(bin|pt|pth|ckpt)");

    /**
     * Chooses from what there is.
     *
     * @throws PeftException if that is no checkpoint and no adapter, or one of pickles only
     */
    static NeededFiles of(RepositoryName repository, Listing listing) {
        Predicate<String> there = listing.files()::contains;
        List<String> small =
                listing.files().stream()
                        .filter(CompanionFiles::isForReading)
                        .filter(f -> !PICKLE.matcher(f).matches())
                        .sorted()
                        .toList();
        List<String> configs = List.of(CONFIG, ADAPTER_CONFIG).stream().filter(there).toList();
        List<String> weights = List.of(WEIGHTS, ADAPTER_WEIGHTS).stream().filter(there).toList();
        Optional<String> index =
                weights.contains(WEIGHTS) ? Optional.empty() : index(listing.files());
        if (configs.isEmpty()) {
            throw new PeftException(
                    repository
                            + " holds neither a config.json nor an adapter_config.json, so it is"
                            + " no model in the format of transformers or peft. Look for the"
                            + " repository that it was made from.");
        }
        if (weights.isEmpty() && index.isEmpty()) {
            throw noWeights(repository, listing.files(), configs.contains(CONFIG));
        }
        return new NeededFiles(small, weights, index, configs);
    }

    private static Optional<String> index(Set<String> files) {
        if (files.contains(ShardIndex.NAME)) {
            return Optional.of(ShardIndex.NAME);
        }
        List<String> others =
                files.stream()
                        .filter(f -> !f.contains("/") && f.endsWith(ShardIndex.ENDING))
                        .toList();
        return others.size() == 1 ? Optional.of(others.get(0)) : Optional.empty();
    }

    private static PeftException noWeights(
            RepositoryName repository, Set<String> files, boolean isBase) {
        if (files.stream().noneMatch(f -> !f.contains("/") && PICKLE.matcher(f).matches())) {
            return new PeftException(
                    repository
                            + " has no weights in safetensors format, neither "
                            + WEIGHTS
                            + " nor an index of several files. Look for the repository that it was"
                            + " made from.");
        }
        return new PeftException(
                repository
                        + " has its weights only as PyTorch pickles, which are refused because"
                        + " unpickling runs code that the file brings along. Look for a revision"
                        + " with safetensors (the hub's conversion offers one as refs/pr/NUMBER),"
                        + " or convert it once and open the directory \"converted\": python -c"
                        + " \"from "
                        + (isBase
                                ? "transformers import AutoModel as M"
                                : "peft import AutoPeftModel as M")
                        + "; M.from_pretrained('"
                        + repository
                        + "').save_pretrained('converted')\".");
    }
}
