package org.peft4j.adapter.union;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.ExportTensors;
import org.peft4j.fixtures.PlainTraining;

/** Unions, prefixes and LoRA in AdapterHub's format for Python to check. */
final class UnionExportTest {

    static List<UnionFixture> fixtures() {
        return UnionFixture.all();
    }

    @EnabledIfSystemProperty(named = AdapterExport.FOLDER, matches = ".+")
    @ParameterizedTest
    @MethodSource("fixtures")
    void export(UnionFixture fixture) throws IOException {
        Path folder = Path.of(System.getProperty(AdapterExport.FOLDER)).resolve(fixture.name());
        try (BaseModel base = fixture.open();
                PeftModel model = PeftModel.of(base)) {
            TokenBatch batch = fixture.batches().batch(base);
            ExportTensors tensors = new ExportTensors(fixture.golden(), batch, fixture.task());
            AdapterSelection union = fixture.load(model);
            try (PlainTraining training = new PlainTraining(model, union, 1e-2)) {
                for (TokenBatch each : fixture.batches().training(base)) {
                    training.step(each);
                }
            }
            fixture.save(model, folder.resolve("hub"));
            tensors.outputs("", model, union);
            tensors.write(folder);
        }
    }
}
