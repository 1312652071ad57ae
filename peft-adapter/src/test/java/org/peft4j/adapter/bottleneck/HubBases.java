package org.peft4j.adapter.bottleneck;

import org.peft4j.core.BaseModel;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.LoadOptions;

/** Opens the fixtures' bases for their tasks. */
public final class HubBases {

    private HubBases() {}

    /** Opens a base for a task. */
    public static BaseModel open(String name, TaskType task) {
        return Checkpoints.open(
                Fixtures.base(name),
                LoadOptions.defaults().withName(name).withHead(HeadOptions.of(task)));
    }

    /** Opens a fixture's base for its task. */
    public static BaseModel open(AdapterFixture fixture) {
        return open(fixture.baseName(), fixture.task());
    }
}
