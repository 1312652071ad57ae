package org.peft4j.prompt;

import java.util.List;
import java.util.Map;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;

/** Soft prompts for Python to check. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new PromptTuningMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @Override
    protected Map<String, Export> more() {
        return Map.of(
                "more-prompt-text",
                new Export(
                        new AdapterFixture("llama-prompt"),
                        PromptTuningConfig.builder()
                                .virtualTokens(5)
                                .initialization(
                                        PromptInitialization.text("good or bad", "tiny", 7, 8, 9))
                                .build()),
                "more-prompt-labels",
                new Export(
                        new AdapterFixture("t5-prompt"),
                        PromptTuningConfig.builder()
                                .virtualTokens(3)
                                .initialization(
                                        PromptInitialization.classLabels(
                                                List.of(new int[] {7, 8}, new int[] {9})))
                                .build()));
    }
}
