package org.peft4j.prompt.internal;

import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.BaseModel;

/** The task of a prompt, without which peft does not know how to use it. */
public final class Tasks {

    private Tasks() {}

    /** Returns the origin with the base's task where it names none. */
    public static AdapterOrigin settled(AdapterOrigin origin, BaseModel base) {
        return origin.taskType() == null ? origin.withTask(base.info().task()) : origin;
    }
}
