package org.peft4j.prompt.prefix;

import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.AdapterParity;
import org.peft4j.prompt.Bases;

/** What peft computes, trains and saves with prefixes, this library does too. */
final class PrefixParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new PrefixTuningMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }
}
