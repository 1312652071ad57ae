package org.peft4j.adapter.union;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.peft4j.adapter.Bases;
import org.peft4j.adapter.Union;
import org.peft4j.adapter.hub.AdapterHub;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.GoldenBatches;

/**
 * A union, or a part of one that stands alone, that AdapterHub's library saved, and what it
 * computed.
 *
 * @param name the fixture
 */
record UnionFixture(String name) {

    private static final String ALONE = "task";

    /** Returns all of them. */
    static List<UnionFixture> all() {
        return List.of(
                        "mam-bart",
                        "mam-bert",
                        "mam-distilbert",
                        "mam-gpt2",
                        "mam-llama",
                        "unipelt-bert",
                        "unipelt-llama",
                        "union-t5",
                        "prefix-roberta",
                        "lora-bert")
                .stream()
                .map(UnionFixture::new)
                .toList();
    }

    Path directory() {
        return Fixtures.hub(name);
    }

    Golden golden() {
        return Fixtures.golden("hub/" + name);
    }

    GoldenBatches batches() {
        return new GoldenBatches(golden());
    }

    private JsonObject facts() {
        return Fixtures.goldenJson("hub/" + name);
    }

    JsonObject keys() {
        return facts().getAsJsonObject("keys");
    }

    BaseModel open() {
        return Bases.open(facts().get("base").getAsString(), task());
    }

    TaskType task() {
        return TaskType.valueOf(facts().get("task").getAsString());
    }

    boolean isUnion() {
        return new AdapterHub().parts(directory()).size() > 1;
    }

    /** Loads it to go on training it, and returns what has to be selected. */
    AdapterSelection load(PeftModel model) {
        if (isUnion()) {
            return Union.loadTrainable(model, ALONE, directory(), new AdapterHub()).selection();
        }
        model.loadTrainable(ALONE, directory());
        return AdapterSelection.of(ALONE);
    }

    /** Saves what {@link #load} loaded. */
    void save(PeftModel model, Path to) {
        if (isUnion()) {
            new Union(ALONE, new AdapterHub().parts(directory())).save(model, to, new AdapterHub());
        } else {
            model.save(ALONE, to, new AdapterHub());
        }
    }

    /** Returns the parameters of all parts; of a head that several have, that of the last one. */
    static Map<String, Parameter> parameters(PeftModel model, AdapterSelection selection) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        for (String part : selection.stack()) {
            model.adapter(part).parameters().forEach(p -> parameters.put(p.key(), p));
        }
        return parameters;
    }

    @Override
    public String toString() {
        return name;
    }
}
