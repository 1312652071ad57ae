package org.peft4j.transformers.text.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * Checks SentencePiece's {@code precompiled_charsmap}: the length of a double-array trie (Aoe 1989)
 * of UTF-8 bytes, its units of 32 bits, and behind them all replacements, each ended by a zero
 * byte. The library follows the units wherever they lead, so every step that any text can make is
 * made here once.
 */
final class CharsmapCheck {

    private static final String KEY = "precompiled_charsmap";

    /** In characters of base64; SentencePiece's own maps have 320,000. */
    private static final int LONGEST = 4 << 20;

    private final Part part;
    private final int[] units;
    private final byte[] texts;
    private final BitSet seen = new BitSet();
    private final Deque<Integer> open = new ArrayDeque<>();
    private int longest = 1;

    private CharsmapCheck(Part part, int[] units, byte[] texts) {
        this.part = part;
        this.units = units;
        this.texts = texts;
    }

    /** Checks the map and returns how many characters it makes of one at most. */
    static double growth(Part part) {
        String base64 = part.text(KEY, LONGEST);
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw part.mustBe(KEY, "base64");
        }
        if (!Base64.getEncoder().encodeToString(bytes).equals(base64)) {
            throw part.mustBe(KEY, "base64 with its padding");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long size = bytes.length < 4 ? -1 : Integer.toUnsignedLong(buffer.getInt());
        if (size < 4 || size > buffer.remaining()) {
            throw part.mustBe(KEY, "as long as it says at its beginning");
        }
        int[] units = new int[(int) (size / 4)];
        buffer.asIntBuffer().get(units);
        buffer.position(buffer.position() + units.length * 4);
        byte[] texts = new byte[buffer.remaining()];
        buffer.get(texts);
        return new CharsmapCheck(part, units, texts).walk();
    }

    private int walk() {
        decode(texts);
        visit(offset(units[0]));
        while (!open.isEmpty()) {
            int node = open.pop();
            for (int label = 1; label < 256; label++) {
                int unit = units[at(node ^ label)];
                if ((unit & 0x800000ff) == label) {
                    int next = node ^ label ^ offset(unit);
                    visit(next);
                    if (((unit >>> 8) & 1) == 1) {
                        replacement(units[at(next)] & Integer.MAX_VALUE);
                    }
                }
            }
        }
        return longest;
    }

    private void visit(int node) {
        if (node < 0 || (node >>> 8) > (units.length >>> 8)) {
            throw broken();
        }
        if (!seen.get(node)) {
            seen.set(node);
            open.push(node);
        }
    }

    private int at(int index) {
        if (index < 0 || index >= units.length) {
            throw broken();
        }
        return index;
    }

    private void replacement(int start) {
        if (start > texts.length || (start < texts.length && (texts[start] & 0xc0) == 0x80)) {
            throw broken();
        }
        int characters = 0;
        for (int i = start; i < texts.length && texts[i] != 0; i++) {
            characters += (texts[i] & 0xc0) == 0x80 ? 0 : 1;
        }
        longest = Math.max(longest, characters);
    }

    private RuntimeException broken() {
        return part.bad("has a " + KEY + " that leads out of its own bounds");
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
    }

    private CharBuffer decode(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        } catch (CharacterCodingException e) {
            throw part.mustBe(KEY, "made of UTF-8");
        }
    }
}
