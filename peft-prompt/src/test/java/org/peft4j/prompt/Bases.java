package org.peft4j.prompt;

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

    /** Opens a base for the task of its kind, as the matrix wants it. */
    public static BaseModel forTask(String name) {
        LoadOptions options = LoadOptions.defaults().withName(name);
        return Checkpoints.open(
                Fixtures.base(name),
                name.startsWith("bert")
                        ? options.withHead(HeadOptions.of(TaskType.SEQ_CLS))
                        : options);
    }

    /** Opens a fixture's base for its task. */
    public static BaseModel open(AdapterFixture fixture) {
        String name = fixture.baseName();
        return Checkpoints.open(
                Fixtures.base(name), LoadOptions.defaults().withName(name).withHead(head(fixture)));
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
