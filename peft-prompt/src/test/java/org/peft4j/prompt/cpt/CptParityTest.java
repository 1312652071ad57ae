package org.peft4j.prompt.cpt;

import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.AdapterParity;
import org.peft4j.prompt.Bases;

/** What peft computes, trains and saves with CPT, this library does too. */
final class CptParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new CptMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }
}
