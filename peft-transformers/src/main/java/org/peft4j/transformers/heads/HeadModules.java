package org.peft4j.transformers.heads;

import java.util.ArrayList;
import java.util.List;

/** The modules that an adapter of a task trains and saves beside its own parameters. */
public final class HeadModules {

    /** What peft saves for SEQ_CLS and TOKEN_CLS, whichever of the two a model has. */
    public static final List<String> CLASSIFIER = List.of("classifier", "score");

    /** What peft saves for QUESTION_ANS. */
    public static final List<String> SPAN = List.of("qa_outputs");

    private HeadModules() {}

    /**
     * The classifier's modules and further fresh ones, which would be lost if not saved.
     *
     * @param names further modules, as DistilBERT's {@code pre_classifier}
     */
    public static List<String> classifierAnd(String... names) {
        List<String> all = new ArrayList<>(CLASSIFIER);
        all.addAll(List.of(names));
        return List.copyOf(all);
    }
}
