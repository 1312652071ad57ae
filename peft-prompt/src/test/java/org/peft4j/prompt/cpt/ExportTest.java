package org.peft4j.prompt.cpt;

import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.prompt.Bases;

/** Adapters for Python to check. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new CptMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }
}
