package org.peft4j.transformers.hub;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;

/** The hub cannot be reached or refuses; what the cache holds may still do. */
final class HubUnavailableException extends PeftException {

    private static final long serialVersionUID = 1L;

    HubUnavailableException(String message) {
        super(message);
    }

    private HubUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    static HubUnavailableException unreachable(String what, IOException cause, int attempts) {
        @Nullable String reason = cause.getMessage();
        return new HubUnavailableException(
                what
                        + " could not be fetched: "
                        + (reason == null ? cause.getClass().getSimpleName() : reason)
                        + (attempts > 1 ? " (" + attempts + " attempts)" : "")
                        + ". Check the network, the proxy (https.proxyHost) and HF_ENDPOINT, then"
                        + " try again; what has arrived is kept.",
                cause);
    }
}
