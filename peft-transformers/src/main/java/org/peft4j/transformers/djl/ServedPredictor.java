package org.peft4j.transformers.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.inference.streaming.StreamingTranslator.StreamOutput;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import java.util.List;
import org.peft4j.core.Lifetime;

/** A predictor that its model, and its own closing, wait for. */
final class ServedPredictor<I, O> extends Predictor<I, O> {

    private final Lifetime served;
    private final Lifetime own;

    ServedPredictor(Model model, Translator<I, O> translator, Device device, Lifetime served) {
        super(model, translator, device, false);
        this.served = served;
        this.own =
                new Lifetime("this predictor", "Make another one by newPredictor.", super::close);
    }

    @Override
    public List<O> batchPredict(List<I> inputs) throws TranslateException {
        enter();
        try {
            return super.batchPredict(inputs);
        } finally {
            leave();
        }
    }

    @Override
    public StreamOutput<O> streamingPredict(I input) throws TranslateException {
        enter();
        try {
            return super.streamingPredict(input);
        } finally {
            leave();
        }
    }

    private void enter() {
        served.enter();
        try {
            own.enter();
        } catch (RuntimeException e) {
            served.leave();
            throw e;
        }
    }

    private void leave() {
        own.leave();
        served.leave();
    }

    @Override
    public void close() {
        own.close();
    }
}
