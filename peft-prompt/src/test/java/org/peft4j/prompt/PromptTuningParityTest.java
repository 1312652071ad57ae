package org.peft4j.prompt;

import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.AdapterParity;

/** What peft computes, trains and saves with prompt tuning, this library does too. */
final class PromptTuningParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new PromptTuningMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }
}
