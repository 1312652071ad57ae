package org.peft4j.core.files;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.peft4j.core.BadFileException;

/**
 * The weights of a checkpoint: one safetensors file, or several with an index.
 *
 * @param files the files, in the order of their names
 * @param entries the tensors of all files by name
 */
record CheckpointWeights(List<SafetensorsFile> files, Map<String, TensorEntry> entries) {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String INDEX_ENDING = ".safetensors.index.json";
    private static final String PICKLE = ".*\\.(bin|pt|pth|ckpt)";
    private static final String TRAINING_STATE =
            "(training_args|optimizer|scheduler|scaler|rng_state).*";
    private static final String INDEX_REMEDY = "Download the checkpoint again";

    static CheckpointWeights open(Path directory) {
        Path single = directory.resolve(SINGLE);
        if (Files.exists(single, LinkOption.NOFOLLOW_LINKS)) {
            SafetensorsFile file = SafetensorsFile.open(single);
            return new CheckpointWeights(List.of(file), file.entries());
        }
        List<String> names = PathChecks.names(directory);
        Optional<String> index = index(directory, names);
        if (index.isEmpty()) {
            throw noWeights(directory, names);
        }
        return openIndex(directory, directory.resolve(index.get()));
    }

    private static Optional<String> index(Path directory, List<String> names) {
        if (names.contains(INDEX)) {
            return Optional.of(INDEX);
        }
        List<String> others = names.stream().filter(n -> n.endsWith(INDEX_ENDING)).toList();
        if (others.size() > 1) {
            throw new BadFileException(
                    directory,
                    "has several indexes of weights and none is called "
                            + INDEX
                            + CheckpointDirectory.contents(others),
                    "Rename the one that you want to " + INDEX);
        }
        return others.stream().findFirst();
    }

    private static CheckpointWeights openIndex(Path directory, Path index) {
        Map<String, String> shardOf = weightMap(index);
        List<SafetensorsFile> shards = new ArrayList<>();
        for (String name : new TreeSet<>(shardOf.values())) {
            shards.add(openShard(index, directory.resolve(name)));
        }
        CheckpointWeights weights = join(index, shards);
        shardOf.forEach((tensor, shard) -> requireIn(index, weights.entries(), tensor, shard));
        return weights;
    }

    private static Map<String, String> weightMap(Path index) {
        JsonFields map = JsonFields.read(index).object("weight_map");
        Map<String, String> shardOf = new LinkedHashMap<>();
        for (String tensor : map.object().keySet()) {
            String shard = map.string(tensor);
            if (!Names.isPlainFileName(shard)) {
                throw new BadFileException(
                        index,
                        "leads out of its directory or nowhere: tensor "
                                + Names.quote(tensor)
                                + " should be in "
                                + Names.quote(shard)
                                + ", which is not a plain file name",
                        "Do not use this checkpoint unless you trust who made it; then mend the"
                                + " index");
            }
            shardOf.put(tensor, shard);
        }
        if (shardOf.isEmpty()) {
            throw new BadFileException(index, "lists no tensors", INDEX_REMEDY);
        }
        return shardOf;
    }

    private static SafetensorsFile openShard(Path index, Path shard) {
        if (!Files.exists(shard)) {
            throw new BadFileException(
                    shard,
                    "is missing, but " + Names.fileName(index) + " says that it holds weights",
                    "Download this file as well, or the checkpoint again");
        }
        return SafetensorsFile.open(shard);
    }

    private static void requireIn(
            Path index, Map<String, TensorEntry> entries, String tensor, String shard) {
        TensorEntry entry = entries.get(tensor);
        if (entry == null || !Names.fileName(entry.file()).equals(shard)) {
            throw new BadFileException(
                    index,
                    "says that tensor "
                            + Names.quote(tensor)
                            + " is in "
                            + shard
                            + ", but it is not",
                    INDEX_REMEDY + "; index and files are not of the same version");
        }
    }

    private static CheckpointWeights join(Path index, List<SafetensorsFile> shards) {
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        for (SafetensorsFile shard : shards) {
            for (TensorEntry entry : shard.entries().values()) {
                TensorEntry other = entries.put(entry.name(), entry);
                if (other != null) {
                    throw new BadFileException(
                            index,
                            "is ambiguous: tensor "
                                    + Names.quote(entry.name())
                                    + " is in "
                                    + Names.fileName(other.file())
                                    + " and in "
                                    + Names.fileName(entry.file()),
                            INDEX_REMEDY);
                }
            }
        }
        return new CheckpointWeights(List.copyOf(shards), Collections.unmodifiableMap(entries));
    }

    private static BadFileException noWeights(Path directory, List<String> names) {
        Optional<BadFileException> pickle = pickle(directory, names);
        if (pickle.isPresent()) {
            return pickle.get();
        }
        List<String> hints = new ArrayList<>(names);
        hints.removeIf(name -> !name.endsWith(".safetensors"));
        return new BadFileException(
                directory,
                "has no weights, neither "
                        + SINGLE
                        + " nor "
                        + INDEX
                        + CheckpointDirectory.contents(hints.isEmpty() ? names : hints),
                hints.size() == 1
                        ? "Rename " + Names.quote(hints.get(0)) + " to " + SINGLE
                        : "Download the weights in safetensors format");
    }

    private static Optional<BadFileException> pickle(Path directory, List<String> names) {
        for (String name : names) {
            if (name.endsWith(".bin.index.json")) {
                return Optional.of(ForeignFormat.shardedPickle(directory.resolve(name)));
            }
        }
        List<String> pickles =
                names.stream()
                        .filter(name -> name.matches(PICKLE))
                        .filter(name -> !name.matches(TRAINING_STATE))
                        .toList();
        if (pickles.isEmpty()) {
            return Optional.empty();
        }
        String main = "pytorch_model.bin";
        String name = pickles.contains(main) ? main : pickles.get(0);
        return Optional.of(ForeignFormat.pickle(directory.resolve(name)));
    }
}
