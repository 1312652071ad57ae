package org.peft4j.adapter.adaption;

import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.AdapterParity;

/** What peft computes, trains and saves with LLaMA-Adapters, this library does too. */
final class AdaptionParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new AdaptionPromptMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }
}
