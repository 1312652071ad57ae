package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.Adapter;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Tensors;
import org.peft4j.prompt.prefix.PrefixTuningConfig;

/** Loading a directory that is being saved waits for a save as a whole. */
@Timeout(60)
final class LoadBesideSaveTest {

    private static final int LOADS = 60;

    @TempDir private Path directory;

    /** Each adapter has one value throughout, so that a mixture of two would show. */
    private static void fill(BaseModel base, Adapter adapter, float value) {
        adapter.parameters().forEach(parameter -> Tensors.fill(base.door(), parameter, value));
    }

    private static Set<Float> values(Adapter adapter) {
        Set<Float> values = new HashSet<>();
        for (Parameter parameter : adapter.parameters()) {
            for (float value : parameter.value().toFloats()) {
                values.add(value);
            }
        }
        return values;
    }

    @Test
    void loraIsLoadedBesideSaves() throws Exception {
        loadBesideSaves(Tiny.lora(0));
    }

    @Test
    void soIsAPrefixWithItsEncoder() throws Exception {
        loadBesideSaves(
                PrefixTuningConfig.builder().virtualTokens(3).prefixProjection(true).build());
    }

    private void loadBesideSaves(org.peft4j.core.PeftConfig config) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = PeftModel.of(base)) {
            fill(base, model.add("one", config), 0.25f);
            fill(base, model.add("two", config), -0.5f);
            model.save("one", directory);
            List<Future<?>> saves = new ArrayList<>();
            for (String name : List.of("one", "two")) {
                saves.add(
                        threads.submit(
                                () -> {
                                    while (!enough.get()) {
                                        model.save(name, directory);
                                    }
                                }));
            }
            List<Future<?>> loads = new ArrayList<>();
            for (String name : List.of("three", "four")) {
                loads.add(threads.submit(() -> load(model, name)));
            }
            try {
                for (Future<?> load : loads) {
                    load.get();
                }
            } finally {
                enough.set(true);
            }
            for (Future<?> save : saves) {
                save.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void load(PeftModel model, String name) {
        for (int i = 0; i < LOADS; i++) {
            Adapter adapter = model.loadTrainable(name, directory);
            Set<Float> values = values(adapter);
            assertEquals(1, values.size(), "two saves are mixed");
            assertTrue(Set.of(0.25f, -0.5f).containsAll(values));
            model.delete(name);
        }
    }
}
