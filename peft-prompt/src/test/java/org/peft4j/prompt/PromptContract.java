package org.peft4j.prompt;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PeftMethodContract;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** The contract for methods that put virtual tokens before the input. */
public abstract class PromptContract extends PeftMethodContract {

    private final String base;
    private @Nullable BaseModel opened;

    /**
     * Prepares an instance.
     *
     * @param base the fixture to test on
     */
    protected PromptContract(String base) {
        this.base = base;
    }

    @Override
    protected final BaseModel openBase() {
        LoadOptions options = LoadOptions.defaults().withName(base);
        opened =
                Checkpoints.open(
                        Fixtures.base(base),
                        base.endsWith("-heads") ? options.withTask(TaskType.SEQ_CLS) : options);
        return opened;
    }

    /** Returns the door of the base that is being tested. */
    protected final OperatorDoor door() {
        return Objects.requireNonNull(opened).door();
    }

    /** Its embeddings are of another width. */
    @Override
    protected final BaseModel openOtherBase() {
        return Bases.open("opt-projected");
    }

    @Override
    protected final boolean startsNeutral() {
        return false;
    }

    @Override
    protected final boolean merges() {
        return false;
    }
}
