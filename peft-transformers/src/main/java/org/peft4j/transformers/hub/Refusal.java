package org.peft4j.transformers.hub;

import java.io.IOException;
import java.time.Duration;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Names;

/** Turns a status that is not a success into what the user should know and do. */
final class Refusal {

    private final HubOptions options;
    private final RepositoryName repository;

    Refusal(HubOptions options, RepositoryName repository) {
        this.options = options;
        this.repository = repository;
    }

    /**
     * Lets a success through.
     *
     * @param answer the answer
     * @param what what was asked for, for the error
     * @throws IOException if another attempt may help
     * @throws PeftException if it will not
     */
    void check(Answer answer, String what) throws IOException {
        int status = answer.status();
        if (status < 400) {
            return;
        }
        if (status >= 500 || status == 408 || status == 429) {
            throw new BusyException("the server answered " + status(answer), retryAfter(answer));
        }
        if (!Origin.of(answer.uri()).equals(Origin.of(options.endpoint()))) {
            // The signed address of a storage host has run out: the hub gives a new one.
            throw new IOException(answer.uri().getHost() + " answered " + status(answer));
        }
        throw refused(answer, what);
    }

    private PeftException refused(Answer answer, String what) {
        String code = answer.header("X-Error-Code").orElse("");
        String page = options.endpoint() + "/" + repository;
        boolean known = options.token() != null;
        return switch (code) {
            case "RevisionNotFound" ->
                    new PeftException(
                            repository
                                    + " has no revision "
                                    + Names.quote(options.revision())
                                    + ". Give a branch, a tag or a commit of "
                                    + page
                                    + ".");
            case "EntryNotFound" ->
                    new PeftException(
                            what
                                    + " is listed but not there. Try again; "
                                    + page
                                    + " has changed.");
            case "GatedRepo" ->
                    new HubUnavailableException(
                            repository
                                    + " is gated: it is given only to accounts that were granted"
                                    + " access. Ask for it at "
                                    + page
                                    + (known
                                            ? " with the account that the token belongs to."
                                            : " and set HF_TOKEN to a token of that account."));
            default -> status(answer, what, code, page, known);
        };
    }

    private PeftException status(
            Answer answer, String what, String code, String page, boolean known) {
        String message = answer.header("X-Error-Message").orElse("");
        if (answer.status() == 401 && message.startsWith("Invalid credentials")) {
            return new HubUnavailableException(
                    "The hub does not accept the token. Make a new one at "
                            + options.endpoint()
                            + "/settings/tokens and set HF_TOKEN to it, or unset HF_TOKEN.");
        }
        if (code.equals("RepoNotFound") || answer.status() == 401 || answer.status() == 404) {
            return new HubUnavailableException(
                    "There is no model "
                            + repository
                            + " at "
                            + options.endpoint()
                            + ", or it is private. Check the name; for a private one "
                            + (known
                                    ? "use a token whose account may read it."
                                    : "set HF_TOKEN to a token that may read it."));
        }
        return new HubUnavailableException(
                what
                        + " was refused: the hub answered "
                        + status(answer)
                        + (answer.status() == 403
                                ? ". Check that the token may read this repository: " + page + "."
                                : ". Check HF_ENDPOINT and " + page + "."));
    }

    private static String status(Answer answer) {
        return "with status "
                + answer.status()
                + answer.header("X-Error-Message").map(m -> ", " + Names.quote(m)).orElse("");
    }

    /** The hub gives seconds; a date counts as nothing said. */
    private static Duration retryAfter(Answer answer) {
        return answer.header("Retry-After")
                .filter(text -> text.matches("\\d{1,6}"))
                .map(text -> Duration.ofSeconds(Integer.parseInt(text)))
                .orElse(Duration.ZERO);
    }
}
