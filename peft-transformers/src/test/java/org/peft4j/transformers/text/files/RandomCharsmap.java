package org.peft4j.transformers.text.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Makes small {@code precompiled_charsmap}s that replace some characters: a trie whose nodes have a
 * block of 256 units each; some of them with a damaged unit.
 */
final class RandomCharsmap {

    private static final List<String> FROM = List.of("a", "é", "ﬁ", "🙂", " ", "ab", "\n");
    private static final List<String> TO = List.of("", "b", "fi", " ", "▁x", "é");

    private final Random random;
    private final ByteBuffer units = ByteBuffer.allocate(40 * 1024).order(ByteOrder.LITTLE_ENDIAN);
    private int blocks = 1;

    RandomCharsmap(Random random) {
        this.random = random;
    }

    String base64() {
        StringBuilder texts = new StringBuilder();
        Map<String, Integer> children = new TreeMap<>();
        units.putInt(0, unit(0, 256, false));
        for (String from : FROM.subList(0, 1 + random.nextInt(FROM.size()))) {
            int value = texts.toString().getBytes(StandardCharsets.UTF_8).length;
            texts.append(TO.get(random.nextInt(TO.size()))).append('\0');
            insert(children, from.getBytes(StandardCharsets.UTF_8), value);
        }
        byte[] replacements = texts.toString().getBytes(StandardCharsets.UTF_8);
        int size = (blocks + 1) * 1024;
        ByteBuffer map =
                ByteBuffer.allocate(4 + size + replacements.length).order(ByteOrder.LITTLE_ENDIAN);
        map.putInt(size).put(units.array(), 0, size).put(replacements);
        if (random.nextInt(4) == 0) {
            map.put(random.nextInt(map.capacity()), (byte) random.nextInt());
        }
        return Base64.getEncoder().encodeToString(map.array());
    }

    private void insert(Map<String, Integer> children, byte[] key, int value) {
        int node = 256;
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < key.length; i++) {
            int label = key[i] & 0xff;
            path.append((char) label);
            int block = children.computeIfAbsent(path.toString(), p -> 256 * ++blocks);
            boolean last = i == key.length - 1;
            int at = (node ^ label) * 4;
            boolean leaf = last || (units.getInt(at) & (1 << 8)) != 0;
            units.putInt(at, unit(label, node ^ label ^ block, leaf));
            node = block;
        }
        units.putInt(node * 4, value | (1 << 31));
    }

    /** A unit with its label and the way to its children: {@code node ^ offset}. */
    private static int unit(int label, int offset, boolean leaf) {
        return label | (leaf ? 1 << 8 : 0) | (offset << 10);
    }
}
