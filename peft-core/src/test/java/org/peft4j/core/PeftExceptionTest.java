package org.peft4j.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Messages are as long as people read. */
class PeftExceptionTest {

    private static String message(PeftException exception) {
        return String.valueOf(exception.getMessage());
    }

    @Test
    void whatFitsStaysAsItIs() {
        String text = "x".repeat(2000);
        assertEquals(text, message(new PeftException(text)));
    }

    @Test
    void aLongOneKeepsItsBeginningAndItsEnd() {
        String problem = "has the value " + "y".repeat(10_000_000);
        String message = message(new BadFileException(Path.of("f"), problem, "Mend it"));
        assertTrue(message.length() <= 2000, () -> "is " + message.length());
        assertTrue(message.startsWith("f: has the value yyy"), message);
        assertTrue(message.contains("characters"), message);
        assertTrue(message.endsWith("yyy. Mend it."), message);
    }

    @Test
    void pairsOfSurrogatesStayTogether() {
        for (int shift = 0; shift < 2; shift++) {
            String message = message(new PeftException("z".repeat(shift) + "🙂".repeat(3000)));
            for (int i = 0; i < message.length(); i++) {
                if (Character.isHighSurrogate(message.charAt(i))) {
                    assertTrue(Character.isLowSurrogate(message.charAt(i + 1)));
                    i++;
                } else {
                    assertTrue(!Character.isLowSurrogate(message.charAt(i)));
                }
            }
        }
    }
}
