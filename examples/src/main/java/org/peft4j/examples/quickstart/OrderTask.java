package org.peft4j.examples.quickstart;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.peft4j.examples.tinybase.Order;
import org.peft4j.train.data.PromptCompletion;

/**
 * The task of the quickstart: from an order in plain English to a YAML record. The base has read
 * such orders in its pretraining, but no record and no digit.
 *
 * @param training what to learn from
 * @param heldOut other orders to test with
 */
record OrderTask(List<PromptCompletion> training, List<PromptCompletion> heldOut) {

    /** Draws orders; none is in both parts. */
    static OrderTask draw(int training, int heldOut, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<Order> seen = new HashSet<>();
        List<PromptCompletion> pairs = new ArrayList<>();
        while (pairs.size() < training + heldOut) {
            Order order = Order.draw(random);
            if (seen.add(order)) {
                String prompt = order.sentence(random) + "\n---\n";
                pairs.add(new PromptCompletion(prompt, order.record()));
            }
        }
        return new OrderTask(
                List.copyOf(pairs.subList(0, training)),
                List.copyOf(pairs.subList(training, pairs.size())));
    }
}
