package org.peft4j.adapter.fusion;

import java.nio.file.Path;
import org.peft4j.adapter.Bases;
import org.peft4j.adapter.hub.AdapterHub;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;

/** Fusions in AdapterHub's format for Python to check, their members beside them. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new FusionMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @Override
    protected void save(PeftModel model, Path folder) {
        AdapterHub format = new AdapterHub();
        for (String member : model.adapter("default").config().composes()) {
            model.save(member, folder.resolve(member), format);
        }
        model.save("default", folder.resolve("hub"), format);
    }
}
