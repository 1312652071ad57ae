package org.peft4j.transformers.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;

/**
 * What a server answered.
 *
 * @param uri who answered, after redirects
 * @param status the status
 * @param headers the headers
 * @param body the body, to be read once
 */
record Answer(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    boolean isRedirect() {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> header("Location").isPresent();
            default -> false;
        };
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
