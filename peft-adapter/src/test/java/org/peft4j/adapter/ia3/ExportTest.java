package org.peft4j.adapter.ia3;

import java.util.Map;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;

/** IA3 adapters and merged checkpoints for Python to check. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new Ia3Method();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @Override
    protected Map<String, Export> more() {
        return Map.of(
                "more-ia3-all-linear",
                new Export(
                        new AdapterFixture("ia3-gpt2"),
                        Ia3Config.builder().targetModules(new TargetSpec.AllLinear()).build()));
    }
}
