package org.peft4j.adapter;

import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.LoadOptions;

/** Opens the fixtures' bases. */
public final class Bases {

    private Bases() {}

    /** Opens a base for language modelling. */
    public static BaseModel open(String name) {
        return Checkpoints.open(Fixtures.base(name), LoadOptions.defaults().withName(name));
    }

    /** Opens a base for a task. */
    public static BaseModel open(String name, TaskType task) {
        return open(name, HeadOptions.of(task));
    }

    /** Opens a base with a head. */
    public static BaseModel open(String name, HeadOptions head) {
        return Checkpoints.open(
                Fixtures.base(name), LoadOptions.defaults().withName(name).withHead(head));
    }

    /** Opens one of the matrix's families, or of their kind, for its task. */
    public static BaseModel forTask(String family) {
        return open(
                family,
                switch (family) {
                    case "bert-heads" -> TaskType.SEQ_CLS;
                    case "t5", "t5-gated" -> TaskType.SEQ_2_SEQ_LM;
                    default -> TaskType.CAUSAL_LM;
                });
    }

    /** Opens a fixture's base for its task. */
    public static BaseModel open(AdapterFixture fixture) {
        return open(fixture.baseName(), head(fixture));
    }

    private static HeadOptions head(AdapterFixture fixture) {
        if (!fixture.hasFreshHead()) {
            return HeadOptions.of(fixture.task());
        }
        String[] labels = {"a", "b", "c"};
        return fixture.task() == TaskType.TOKEN_CLS
                ? HeadOptions.tokenClassification(labels)
                : HeadOptions.sequenceClassification(labels);
    }
}
