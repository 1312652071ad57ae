package org.peft4j.train.checkpoint;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.peft4j.core.Adapter;
import org.peft4j.core.BadFileException;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.files.AtomicFileGroup;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.ops.UpdateOps;
import org.peft4j.train.optim.AdamW;

/**
 * All that decides how a training goes on: its adapters, its optimiser, how far it is and what it
 * is made from.
 *
 * @param model the base with its adapters
 * @param adapters the names of those that are trained
 * @param optimizer the optimiser of their parameters
 * @param provenance what the training is made from
 */
public record TrainingCheckpoint(
        PeftModel model, List<String> adapters, AdamW optimizer, Provenance provenance) {

    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "trainer_state.json";
    private static final List<String> TOLD_NOT_COMPARED =
            List.of("peft_version", "base_model_name_or_path", "revision", "inference_mode");

    /** Copies the list. */
    public TrainingCheckpoint {
        adapters = List.copyOf(adapters);
    }

    /**
     * Writes the files.
     *
     * @param directory where to
     * @param state how far the training is
     */
    public void write(Path directory, TrainerState state) {
        for (String name : adapters) {
            model.save(name, place(directory, name));
        }
        AtomicFileGroup group =
                new AtomicFileGroup(directory)
                        .add(OPTIMIZER, SafetensorsWriter.body(optimizer.state(), Map.of()))
                        .add(STATE, state.write(provenance));
        AdapterState.addTo(group, trained(), model.base().door());
        group.commit();
    }

    /**
     * Puts adapters and optimiser back to where they were. If anything does not fit, nothing is
     * changed.
     *
     * @param directory a checkpoint
     * @return how far the training was
     * @throws BadFileException if a file is damaged or missing, or the checkpoint was made from
     *     something else; the message says what differs
     */
    public TrainerState restore(Path directory) {
        requireCheckpoint(directory);
        JsonFields json = JsonFields.read(directory.resolve(STATE));
        Provenance.read(json).requireSame(directory, provenance);
        TrainerState state = TrainerState.read(json, directory);
        List<Adapter> saved = new ArrayList<>();
        try {
            for (Adapter adapter : trained()) {
                saved.add(load(directory, adapter));
            }
            AdapterState memory = AdapterState.read(directory, trained(), model.base().door());
            optimizer.restore(SafetensorsFile.open(directory.resolve(OPTIMIZER)));
            for (int i = 0; i < saved.size(); i++) {
                copy(saved.get(i), trained().get(i));
            }
            memory.restore();
            return state;
        } finally {
            saved.forEach(adapter -> model.delete(adapter.name()));
        }
    }

    private static void requireCheckpoint(Path directory) {
        if (!Files.isRegularFile(directory.resolve(STATE))) {
            throw new BadFileException(
                    directory,
                    "is not a checkpoint of a training: it has no " + STATE,
                    "Give a directory checkpoint-STEP that a training wrote");
        }
    }

    private List<Adapter> trained() {
        return adapters.stream().map(model::adapter).toList();
    }

    /** One adapter lies where Python looks for it; several need directories of their own. */
    private Path place(Path directory, String name) {
        return adapters.size() == 1 ? directory : directory.resolve(name);
    }

    /** Loads the saved adapter beside the live one: the model then checks it as any other. */
    private Adapter load(Path directory, Adapter live) {
        Path place = place(directory, live.name());
        String name = live.name() + " of " + directory.getFileName();
        Adapter saved =
                live.hasEncoder() ? model.loadTrainable(name, place) : model.load(name, place);
        try {
            Provenance.requireSame(
                    place,
                    "adapter " + live.name() + "'s setting",
                    compared(saved.config().toJson()),
                    compared(live.config().toJson()));
            return saved;
        } catch (RuntimeException e) {
            model.delete(saved.name());
            throw e;
        }
    }

    private static JsonObject compared(JsonObject config) {
        JsonObject copy = config.deepCopy();
        TOLD_NOT_COMPARED.forEach(copy::remove);
        return copy;
    }

    private void copy(Adapter from, Adapter to) {
        UpdateOps ops = model.base().door().updates();
        for (Parameter parameter : to.parameters()) {
            Parameter saved = from.parameter(parameter.key()).orElseThrow();
            ops.assign(parameter.value(), saved.value());
        }
    }
}
