package org.peft4j.transformers.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Failures;
import org.peft4j.core.files.Names;

/** The variables that {@code huggingface_hub} reads, with its defaults and its order. */
final class HubEnvironment {

    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");

    private final Map<String, String> variables;

    HubEnvironment(Map<String, String> variables) {
        this.variables = variables;
    }

    HubOptions options() {
        return new HubOptions(
                endpoint(),
                cache(),
                token(),
                isTrue(first("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")),
                "main",
                !isTrue(first("HF_HUB_DISABLE_SYMLINKS")),
                isTrue(first("HF_HUB_DISABLE_PROGRESS_BARS"))
                        ? DownloadListener.silent()
                        : DownloadListener.progressBar());
    }

    private URI endpoint() {
        String text = first("HF_ENDPOINT").orElse("https://huggingface.co");
        try {
            return new URI(text.replaceFirst("/+$", ""));
        } catch (URISyntaxException e) {
            throw new PeftException(
                    "HF_ENDPOINT must be an address such as https://huggingface.co but is "
                            + Names.quote(text)
                            + ". Correct it.",
                    e);
        }
    }

    private Path home() {
        return path("HF_HOME")
                .or(() -> path("XDG_CACHE_HOME").map(cache -> cache.resolve("huggingface")))
                .orElseGet(() -> userHome().resolve(".cache").resolve("huggingface"));
    }

    private Path cache() {
        return path("HF_HUB_CACHE")
                .or(() -> path("HUGGINGFACE_HUB_CACHE"))
                .orElseGet(() -> home().resolve("hub"));
    }

    private @Nullable String token() {
        if (isTrue(first("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) {
            return null;
        }
        return first("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
                .map(String::strip)
                .filter(token -> !token.isEmpty())
                .or(this::savedToken)
                .orElse(null);
    }

    private Optional<String> savedToken() {
        Path file = path("HF_TOKEN_PATH").orElseGet(() -> home().resolve("token"));
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file).strip()).filter(token -> !token.isEmpty());
        } catch (IOException e) {
            throw Failures.reading(file, e);
        }
    }

    private Optional<Path> path(String name) {
        return first(name).map(text -> path(name, text));
    }

    private Path path(String name, String text) {
        String expanded =
                VARIABLE.matcher(text).replaceAll(v -> Matcher.quoteReplacement(expand(v)));
        try {
            if (expanded.equals("~") || expanded.startsWith("~/")) {
                return userHome().resolve(expanded.substring(Math.min(2, expanded.length())));
            }
            return Path.of(expanded);
        } catch (InvalidPathException e) {
            throw new PeftException(
                    name + " must be a path but is " + Names.quote(text) + ". Correct it.", e);
        }
    }

    private String expand(MatchResult variable) {
        String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
        return variables.getOrDefault(name, variable.group());
    }

    private Path userHome() {
        return Path.of(System.getProperty("user.home"));
    }

    /** Returns the first of the variables that is set to something. */
    private Optional<String> first(String... names) {
        for (String name : names) {
            String value = variables.get(name);
            if (value != null && !value.isEmpty()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private static boolean isTrue(Optional<String> value) {
        return value.isPresent() && TRUE.contains(value.get().toUpperCase(Locale.ROOT));
    }
}
