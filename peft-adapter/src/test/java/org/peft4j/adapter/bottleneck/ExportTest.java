package org.peft4j.adapter.bottleneck;

import java.nio.file.Path;
import org.peft4j.adapter.Bases;
import org.peft4j.adapter.hub.AdapterHub;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;

/** Bottlenecks in AdapterHub's format for Python to check. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new BottleneckMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @Override
    protected void save(PeftModel model, Path folder) {
        model.save("default", folder.resolve("hub"), new AdapterHub());
    }
}
