package org.peft4j.train;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;

/**
 * What goes through the model in one pass of a step.
 *
 * @param rows the padded rows
 * @param selection which adapters act
 * @param tokens how many there are, without padding
 * @param labels how many positions the loss sums over
 * @param labelsOf the same, for the rows in which an adapter acts
 */
record MicroBatch(
        TokenBatch rows,
        AdapterSelection selection,
        long tokens,
        long labels,
        Map<String, Long> labelsOf) {

    static MicroBatch of(
            List<Example> examples, AdapterSelection common, Collator collator, PeftModel model) {
        TokenBatch rows = collator.collate(examples);
        Map<String, Long> labelsOf = new TreeMap<>();
        for (Example example : examples) {
            AdapterSelection own = example.selectionOr(common);
            long labels = model.lossCount(own, collator.collate(List.of(example)));
            for (String name : own.names()) {
                labelsOf.merge(name, labels, Long::sum);
            }
        }
        AdapterSelection selection = Collator.selection(examples, common);
        return new MicroBatch(
                rows,
                selection,
                examples.stream().mapToLong(Example::tokens).sum(),
                model.lossCount(selection, rows),
                labelsOf);
    }
}
