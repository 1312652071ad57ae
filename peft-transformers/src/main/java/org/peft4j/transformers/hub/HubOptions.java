package org.peft4j.transformers.hub;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Names;

/**
 * How to reach the hub and where to keep what comes from it.
 *
 * @param endpoint the hub, such as {@code https://huggingface.co}, or a mirror of it
 * @param cache the directory that holds {@code models--ORG--NAME}; made when it is missing
 * @param token the access token for private and gated repositories, or null
 * @param offline whether only the cache may be used
 * @param revision a branch, a tag or a commit
 * @param symbolicLinks whether snapshots may link to the blobs; otherwise they hold the files
 * @param listener hears of the progress of downloads
 */
public record HubOptions(
        URI endpoint,
        Path cache,
        @Nullable String token,
        boolean offline,
        String revision,
        boolean symbolicLinks,
        DownloadListener listener) {

    private static final String REVISION_PART = "[\\w][\\w.+@=-]*";

    /** Checks endpoint, token and revision. */
    public HubOptions {
        if (!Origin.isWeb(endpoint) || endpoint.getRawQuery() != null) {
            throw new PeftException(
                    "The hub's endpoint must be an address such as https://huggingface.co but is "
                            + Names.quote(endpoint.toString())
                            + ". Correct it; it may come from HF_ENDPOINT.");
        }
        if (token != null && !token.matches("[!-~]+")) {
            throw new PeftException(
                    "The hub's token is empty or holds characters that no token has. Copy it again"
                            + " from the hub's settings; it may come from HF_TOKEN or the token"
                            + " file.");
        }
        if (!isRevision(revision)) {
            throw new PeftException(
                    "The revision "
                            + Names.quote(revision)
                            + " cannot be the name of a branch, a tag or a commit. Correct it.");
        }
    }

    /**
     * Reads the variables of the environment that {@code huggingface_hub} reads; what they leave
     * open is huggingface.co, revision main, the cache in the home directory, and a progress bar on
     * standard error where that is a terminal.
     *
     * @throws PeftException if a variable has a value that cannot be
     */
    public static HubOptions fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    /**
     * Reads the variables from a map in place of the environment.
     *
     * @param variables the environment
     * @throws PeftException if a variable has a value that cannot be
     */
    public static HubOptions fromEnvironment(Map<String, String> variables) {
        return new HubEnvironment(variables).options();
    }

    /** The same at another endpoint. */
    public HubOptions withEndpoint(URI other) {
        return new HubOptions(other, cache, token, offline, revision, symbolicLinks, listener);
    }

    /** The same with another cache. */
    public HubOptions withCache(Path other) {
        return new HubOptions(endpoint, other, token, offline, revision, symbolicLinks, listener);
    }

    /** The same with another token, or without. */
    public HubOptions withToken(@Nullable String other) {
        return new HubOptions(endpoint, cache, other, offline, revision, symbolicLinks, listener);
    }

    /** The same, from the cache only or not. */
    public HubOptions withOffline(boolean other) {
        return new HubOptions(endpoint, cache, token, other, revision, symbolicLinks, listener);
    }

    /** The same for another branch, tag or commit. */
    public HubOptions withRevision(String other) {
        return new HubOptions(endpoint, cache, token, offline, other, symbolicLinks, listener);
    }

    /** The same, with symbolic links or without. */
    public HubOptions withSymbolicLinks(boolean other) {
        return new HubOptions(endpoint, cache, token, offline, revision, other, listener);
    }

    /** The same with another listener. */
    public HubOptions withListener(DownloadListener other) {
        return new HubOptions(endpoint, cache, token, offline, revision, symbolicLinks, other);
    }

    /** Without the token, so that logs do not tell it. */
    @Override
    public String toString() {
        return "HubOptions[endpoint="
                + endpoint
                + ", cache="
                + cache
                + ", token="
                + (token == null ? "none" : "set")
                + ", offline="
                + offline
                + ", revision="
                + revision
                + ", symbolicLinks="
                + symbolicLinks
                + "]";
    }

    /** A revision becomes a path below refs, so it must not lead out of there. */
    private static boolean isRevision(String revision) {
        return revision.length() <= 200
                && !revision.contains("..")
                && revision.matches(REVISION_PART + "(/" + REVISION_PART + ")*");
    }
}
