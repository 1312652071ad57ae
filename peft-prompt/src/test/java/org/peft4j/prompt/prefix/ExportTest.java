package org.peft4j.prompt.prefix;

import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.prompt.Bases;

/** Prefixes for Python to check. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new PrefixTuningMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }
}
