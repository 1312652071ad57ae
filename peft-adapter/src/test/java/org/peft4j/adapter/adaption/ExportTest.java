package org.peft4j.adapter.adaption;

import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;

/** LLaMA-Adapters for Python to check. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new AdaptionPromptMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }
}
