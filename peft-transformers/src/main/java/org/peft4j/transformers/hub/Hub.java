package org.peft4j.transformers.hub;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Names;

/** The Hugging Face hub; see the package for what is downloaded and where to. */
public final class Hub {

    private Hub() {}

    /**
     * Returns the directory of a model: the path itself where it is a directory, else the snapshot
     * in the cache, downloaded as far as the cache lacks it.
     *
     * <p>Several threads and processes may ask for the same model at once. Where the hub cannot be
     * reached, the last complete snapshot of the revision is returned and a warning logged.
     *
     * @param nameOrPath a directory, or a name on the hub such as {@code Qwen/Qwen2.5-0.5B}, of a
     *     base model or of an adapter
     * @param options where the hub and the cache are, and which revision to take
     * @return a directory for {@link org.peft4j.transformers.Checkpoints#open(Path)} or {@link
     *     org.peft4j.core.PeftModel}
     * @throws PeftException if there is no such model, access to it is not granted, it has no
     *     safetensors, or network or disk fail
     */
    public static Path resolve(String nameOrPath, HubOptions options) {
        return resolve(nameOrPath, options, Patience.DEFAULT);
    }

    static Path resolve(String nameOrPath, HubOptions options, Patience patience) {
        Optional<Path> directory = directory(nameOrPath);
        if (directory.isPresent()) {
            return directory.get();
        }
        RepositoryName repository =
                RepositoryName.of(nameOrPath)
                        .orElseThrow(
                                () ->
                                        new PeftException(
                                                Names.quote(nameOrPath)
                                                        + " is neither a directory nor the name of"
                                                        + " a model on the hub. Check the path, or"
                                                        + " give a name such as"
                                                        + " Qwen/Qwen2.5-0.5B."));
        return new SnapshotDownload(options, repository, patience).run();
    }

    private static Optional<Path> directory(String text) {
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Path.of(text)).filter(Files::isDirectory);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
