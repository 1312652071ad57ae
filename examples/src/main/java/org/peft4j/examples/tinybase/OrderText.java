package org.peft4j.examples.tinybase;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The text that the tiny base is pretrained on: short paragraphs about a few orders, then sentences
 * that repeat what was said, so that a model learns to look things up in its context. No JSON
 * occurs.
 */
public final class OrderText {

    private static final int MOST_ORDERS = 2;

    private OrderText() {}

    /**
     * Writes paragraphs.
     *
     * @param count how many
     * @param seed decides all of them
     */
    public static List<String> paragraphs(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Random order = new Random(seed);
        List<String> paragraphs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> first = new ArrayList<>();
            List<String> then = new ArrayList<>();
            int orders = 1 + random.nextInt(MOST_ORDERS);
            for (int j = 0; j < orders; j++) {
                Order one = Order.draw(random);
                first.add(one.sentence(random));
                then.add(one.followUp(random));
                then.add(one.followUp(random));
            }
            Collections.shuffle(then, order);
            first.addAll(then);
            paragraphs.add(String.join(" ", first));
        }
        return paragraphs;
    }
}
