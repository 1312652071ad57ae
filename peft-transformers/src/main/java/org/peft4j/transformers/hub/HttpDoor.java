package org.peft4j.transformers.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Names;

/**
 * Sends requests, once each. Follows redirects by itself, because the token may go to the endpoint
 * only and because the first redirect to a file in large file storage carries what describes it.
 */
final class HttpDoor {

    private static final Duration CONNECTING = Duration.ofSeconds(10);
    private static final int MOST_REDIRECTS = 10;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1) // one connection for each big file
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECTING)
                    .build();
    private final Origin home;
    private final @Nullable String token;
    private final Duration silence;
    private final Cancellation cancellation;

    HttpDoor(URI endpoint, @Nullable String token, Duration silence, Cancellation cancellation) {
        this.home = Origin.of(endpoint);
        this.token = token;
        this.silence = silence;
        this.cancellation = cancellation;
    }

    /**
     * Sends a request and follows where it leads.
     *
     * @param method GET or HEAD
     * @param uri the address
     * @param headers further headers
     * @param isLast whether to stop at a redirect
     * @return the last answer, whatever its status; to be closed
     * @throws IOException if there was no answer
     * @throws PeftException if a redirect leads where it must not
     */
    Answer send(String method, URI uri, Map<String, String> headers, Predicate<Answer> isLast)
            throws IOException {
        URI next = uri;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            Answer answer = sendOnce(method, next, headers);
            if (!answer.isRedirect() || isLast.test(answer)) {
                return answer;
            }
            answer.close();
            next = target(answer);
        }
        throw new PeftException(
                uri + " leads from one redirect to the next. Check HF_ENDPOINT and the proxy.");
    }

    private Answer sendOnce(String method, URI uri, Map<String, String> headers)
            throws IOException {
        cancellation.check();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .header("Accept-Encoding", "identity") // sizes are those of the file
                        .header("User-Agent", "peft4j");
        headers.forEach(request::header);
        if (token != null && Origin.of(uri).equals(home)) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<InputStream> response =
                await(client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
        return new Answer(
                uri,
                response.statusCode(),
                response.headers(),
                new TimedStream(response.body(), silence, cancellation));
    }

    private <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get(silence.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new HttpTimeoutException("no answer for " + silence.toMillis() + " ms");
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the thread was interrupted");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            @Nullable String reason = cause.getMessage();
            throw new IOException(
                    reason == null
                            ? "no connection: " + cause.getClass().getSimpleName()
                            : Names.printable(reason),
                    cause);
        }
    }

    /** Returns where a redirect leads; never from an encrypted connection to a plain one. */
    private static URI target(Answer redirect) {
        String location = redirect.header("Location").orElse("");
        @Nullable URI target = null;
        try {
            target = redirect.uri().resolve(location);
        } catch (IllegalArgumentException e) {
            // No address at all; the error is below.
        }
        if (target == null
                || !Origin.isWeb(target)
                || (Origin.of(redirect.uri()).isEncrypted() && !Origin.of(target).isEncrypted())) {
            throw new PeftException(
                    redirect.uri()
                            + " leads to "
                            + Names.quote(location)
                            + ", which is not a safe address. Check HF_ENDPOINT and the proxy.");
        }
        return target;
    }
}
