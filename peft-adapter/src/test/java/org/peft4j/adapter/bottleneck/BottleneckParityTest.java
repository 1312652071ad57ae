package org.peft4j.adapter.bottleneck;

import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.AdapterParity;

/** What AdapterHub computes, trains and saves with bottlenecks, this library does too. */
final class BottleneckParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new BottleneckMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }
}
