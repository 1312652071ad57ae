package org.peft4j.transformers.hub;

import java.io.IOException;
import java.time.Duration;
import org.peft4j.core.PeftException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long to go on when the network or the hub has a bad moment.
 *
 * @param attempts how often to try in all
 * @param firstPause the pause after the first failure, doubled after each further one
 * @param longestPause the longest pause, also where the hub asks for a longer one
 * @param silence how long to wait for an answer, or for the next bytes of one
 */
record Patience(int attempts, Duration firstPause, Duration longestPause, Duration silence) {

    /** Five minutes is the window in which the hub counts requests. */
    static final Patience DEFAULT =
            new Patience(5, Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofSeconds(30));

    /** A pause that the user should know of, and the longest that a server gets more than once. */
    private static final Duration LONG = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

    /** What may fail for the moment, with an {@link IOException}. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    /** The same with a single attempt. */
    Patience once() {
        return new Patience(1, firstPause, longestPause, silence);
    }

    /**
     * Tries until it works.
     *
     * @param what what is tried, for the error
     * @throws HubUnavailableException when the last attempt has failed
     */
    <T> T retry(String what, Attempt<T> attempt) {
        for (int failures = 1; ; failures++) {
            try {
                return attempt.run();
            } catch (IOException e) {
                pauseAfter(failures, what, e);
            }
        }
    }

    /**
     * Waits before the next attempt.
     *
     * @param failures how many attempts have failed in a row
     * @param what what is tried, for the error
     * @param cause why the last one has failed
     * @throws HubUnavailableException when that was the last one
     */
    void pauseAfter(int failures, String what, IOException cause) {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(what, cause);
        }
        if (failures >= attempts) {
            throw HubUnavailableException.unreachable(what, cause, failures);
        }
        Duration pause = pause(failures, cause);
        if (pause.compareTo(LONG) >= 0) {
            LOG.warn("{}: {}; waiting {} s", what, cause.getMessage(), pause.toSeconds());
        } else {
            LOG.debug("{}: next attempt in {}: {}", what, pause, cause.toString());
        }
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(what, e);
        }
    }

    /** Returns how long to wait before the next attempt. */
    Duration pause(int failures, IOException cause) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(failures - 1, 20));
        if (cause instanceof BusyException busy && busy.retryAfter().compareTo(pause) > 0) {
            // Once in full. A server that asks again and again does not hold the caller for ever.
            pause =
                    failures == 1 || busy.retryAfter().compareTo(LONG) < 0
                            ? busy.retryAfter()
                            : LONG;
        }
        return pause.compareTo(longestPause) > 0 ? longestPause : pause;
    }

    private static PeftException interrupted(String what, Exception cause) {
        return new PeftException(
                what
                        + ": the download was interrupted. What has arrived is kept; the next one"
                        + " goes on from there.",
                cause);
    }
}
