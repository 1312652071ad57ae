package org.peft4j.transformers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;

/**
 * Lets every request choose its adapter: wraps any translator and adds an array that says which
 * adapter of a block acts on which row. One batch may mix them.
 *
 * @param <I> a request
 * @param <P> the part of it that the wrapped translator reads
 * @param <O> an answer
 */
public final class AdapterTranslator<I, P, O> implements Translator<I, O> {

    private final Translator<P, O> translator;
    private final List<String> adapters;
    private final Function<I, P> input;
    private final Function<I, @Nullable String> adapter;

    /**
     * Wraps a translator.
     *
     * @param translator translates the rest
     * @param adapters those of the block, {@code PeftBlock.adapters()}
     * @param input returns what the wrapped translator reads of a request
     * @param adapter returns the name of a request's adapter, or null for the base alone
     */
    public AdapterTranslator(
            Translator<P, O> translator,
            List<String> adapters,
            Function<I, P> input,
            Function<I, @Nullable String> adapter) {
        this.translator = translator;
        this.adapters = List.copyOf(adapters);
        this.input = input;
        this.adapter = adapter;
    }

    @Override
    public void prepare(TranslatorContext context) throws Exception {
        translator.prepare(context);
    }

    @Override
    public NDList processInput(TranslatorContext context, I request) throws Exception {
        NDList list = translator.processInput(context, input.apply(request));
        return with(list, context.getNDManager().create(number(request)));
    }

    @Override
    public NDList batchProcessInput(TranslatorContext context, List<I> requests) throws Exception {
        List<P> parts = new ArrayList<>();
        long[] numbers = new long[requests.size()];
        for (int i = 0; i < numbers.length; i++) {
            parts.add(input.apply(requests.get(i)));
            numbers[i] = number(requests.get(i));
        }
        NDList batch = translator.batchProcessInput(context, parts);
        return with(batch, context.getNDManager().create(numbers));
    }

    private static NDList with(NDList list, NDArray chosen) {
        chosen.setName(ModelInputs.ADAPTERS);
        list.add(chosen);
        return list;
    }

    private long number(I request) {
        @Nullable String name = adapter.apply(request);
        if (name == null) {
            return -1;
        }
        int number = adapters.indexOf(name);
        if (number < 0) {
            throw new PeftException(
                    "a request asks for the adapter "
                            + name
                            + ", but the block was made with "
                            + adapters
                            + ".");
        }
        return number;
    }

    @Override
    public O processOutput(TranslatorContext context, NDList output) throws Exception {
        return translator.processOutput(context, output);
    }

    @Override
    public List<O> batchProcessOutput(TranslatorContext context, NDList output) throws Exception {
        return translator.batchProcessOutput(context, output);
    }

    @Override
    public @Nullable Batchifier getBatchifier() {
        return translator.getBatchifier();
    }
}
