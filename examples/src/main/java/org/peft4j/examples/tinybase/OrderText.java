package org.peft4j.examples.tinybase;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The text that the tiny base is pretrained on. Most paragraphs are about one or two orders,
 * followed by sentences that repeat what was said; the others are lists of words, said twice. Both
 * teach a model to look things up in its context. No records and no digits occur.
 */
public final class OrderText {

    private static final double LISTS = 0.5;
    private static final int MOST_ORDERS = 2;
    private static final int FOLLOW_UPS = 3;

    private OrderText() {}

    /**
     * Writes paragraphs.
     *
     * @param count how many
     * @param seed decides all of them
     */
    public static List<String> paragraphs(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> paragraphs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            paragraphs.add(random.nextDouble() < LISTS ? list(random) : orders(random));
        }
        return paragraphs;
    }

    private static String orders(SplittableRandom random) {
        List<String> first = new ArrayList<>();
        List<String> then = new ArrayList<>();
        int orders = 1 + random.nextInt(MOST_ORDERS);
        for (int j = 0; j < orders; j++) {
            Order one = Order.draw(random);
            first.add(one.sentence(random));
            for (int k = 0; k < FOLLOW_UPS; k++) {
                then.add(one.followUp(random));
            }
        }
        Collections.shuffle(then, new Random(random.nextLong()));
        first.addAll(then);
        return String.join(" ", first);
    }

    private static String list(SplittableRandom random) {
        List<String> words = Order.words();
        List<String> chosen = new ArrayList<>();
        int length = 5 + random.nextInt(8);
        for (int i = 0; i < length; i++) {
            chosen.add(words.get(random.nextInt(words.size())));
        }
        String once = String.join(" ", chosen);
        return "List: " + once + ". Again: " + once + ".";
    }
}
