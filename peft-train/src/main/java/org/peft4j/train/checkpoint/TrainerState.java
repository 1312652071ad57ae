package org.peft4j.train.checkpoint;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.peft4j.core.files.FileBody;
import org.peft4j.core.files.JsonFields;
import org.peft4j.train.metrics.Evaluation;

/**
 * How far a training is.
 *
 * @param step the last step taken; 0 before the first
 * @param epoch how many epochs are done, in fractions
 * @param tokens tokens trained on
 * @param seconds the time it took
 * @param losses the mean loss of each step
 * @param evaluations by the step they were made after
 */
public record TrainerState(
        long step,
        double epoch,
        long tokens,
        double seconds,
        List<Double> losses,
        SortedMap<Long, Evaluation> evaluations) {

    /** Beyond it JSON's numbers are not whole any more. */
    private static final double MOST = 1L << 53;

    /** Copies the collections. */
    public TrainerState {
        losses = List.copyOf(losses);
        evaluations = Collections.unmodifiableSortedMap(new TreeMap<>(evaluations));
    }

    /** The state before the first step. */
    public static TrainerState start() {
        return new TrainerState(0, 0, 0, 0, List.of(), new TreeMap<>());
    }

    FileBody write(Provenance provenance) {
        JsonObject json = new JsonObject();
        json.addProperty("step", step);
        json.addProperty("epoch", epoch);
        json.addProperty("tokens", tokens);
        json.addProperty("seconds", seconds);
        provenance.write(json);
        JsonArray measured = new JsonArray();
        evaluations.forEach(
                (after, evaluation) -> {
                    JsonObject entry = new JsonObject();
                    entry.addProperty("step", after);
                    entry.addProperty("loss", evaluation.loss());
                    entry.addProperty("labels", evaluation.labels());
                    measured.add(entry);
                });
        json.add("evaluations", measured);
        JsonArray curve = new JsonArray();
        losses.forEach(curve::add);
        json.add("losses", curve);
        return FileBody.of(new GsonBuilder().setPrettyPrinting().create().toJson(json));
    }

    static TrainerState read(JsonFields json, Path checkpoint) {
        long step = CheckpointStore.stepOf(checkpoint);
        if (whole(json, "step") != step) {
            throw json.mustBe("step", step + ", like the name of its directory");
        }
        SortedMap<Long, Evaluation> evaluations = new TreeMap<>();
        for (JsonElement element : array(json, "evaluations")) {
            if (!(element instanceof JsonObject object)) {
                throw json.mustBe("evaluations", "a list of objects");
            }
            JsonFields entry = JsonFields.of(json.file(), object);
            evaluations.put(
                    whole(entry, "step"),
                    new Evaluation(finite(entry, "loss"), whole(entry, "labels")));
        }
        List<Double> losses = new ArrayList<>();
        for (JsonElement element : array(json, "losses")) {
            if (!(element instanceof JsonPrimitive number)
                    || !number.isNumber()
                    || !Double.isFinite(number.getAsDouble())) {
                throw json.mustBe("losses", "a list of finite numbers");
            }
            losses.add(number.getAsDouble());
        }
        if (losses.size() != step) {
            throw json.mustBe("losses", "a list of " + step + " numbers, one for each step");
        }
        return new TrainerState(
                step,
                notNegative(json, "epoch"),
                whole(json, "tokens"),
                notNegative(json, "seconds"),
                losses,
                evaluations);
    }

    private static JsonArray array(JsonFields json, String key) {
        if (json.object().get(key) instanceof JsonArray array) {
            return array;
        }
        throw json.mustBe(key, "a list");
    }

    private static double finite(JsonFields json, String key) {
        double value = json.number(key);
        if (!Double.isFinite(value)) {
            throw json.mustBe(key, "a finite number");
        }
        return value;
    }

    private static double notNegative(JsonFields json, String key) {
        double value = json.number(key);
        if (!(value >= 0) || !Double.isFinite(value)) {
            throw json.mustBe(key, "a number from 0 up");
        }
        return value;
    }

    private static long whole(JsonFields json, String key) {
        double value = json.number(key);
        if (value < 0 || value != Math.rint(value) || value > MOST) {
            throw json.mustBe(key, "a whole number from 0 up");
        }
        return (long) value;
    }
}
