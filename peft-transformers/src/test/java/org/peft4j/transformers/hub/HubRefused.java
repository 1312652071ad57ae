package org.peft4j.transformers.hub;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;
import org.peft4j.core.PeftException;

/** Checks that something is refused, and that the message says why and what to do. */
final class HubRefused {

    private HubRefused() {}

    static void because(String part, Executable body) {
        String message = String.valueOf(assertThrows(PeftException.class, body).getMessage());
        assertTrue(message.contains(part), message);
        assertTrue(message.endsWith("."), message);
        assertTrue(!message.contains(FakeHub.TOKEN), message);
    }
}
