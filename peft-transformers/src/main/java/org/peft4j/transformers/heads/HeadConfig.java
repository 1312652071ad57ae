package org.peft4j.transformers.heads;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFields;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.HeadOptions.Problem;

/**
 * Which head a base gets: the wish of who opens it, and otherwise what {@code config.json} says in
 * {@code architectures}, {@code id2label} and {@code problem_type}.
 *
 * @param task the task
 * @param labels the classes by name, in the order of the logits; of a span head, two
 * @param problem what a sequence classifier computes
 * @param replace whether a head in the checkpoint is left aside
 * @param seed decides the values of a fresh head
 * @param ofCheckpoint whether the checkpoint was saved with a head of this task
 */
public record HeadConfig(
        TaskType task,
        List<String> labels,
        Problem problem,
        boolean replace,
        long seed,
        boolean ofCheckpoint) {

    private static final int MOST_LABELS = 100_000;
    private static final Map<TaskType, String> CLASS_ENDINGS = new EnumMap<>(TaskType.class);

    /** The family and the task in the name of a Python class. */
    private static final Pattern CLASS_NAME =
            Pattern.compile("(.+?)(For[A-Z]\\w*|(With|Double)?(LM)?Heads?Model|(Encoder)?Model)");

    static {
        CLASS_ENDINGS.put(TaskType.SEQ_CLS, "ForSequenceClassification");
        CLASS_ENDINGS.put(TaskType.TOKEN_CLS, "ForTokenClassification");
        CLASS_ENDINGS.put(TaskType.QUESTION_ANS, "ForQuestionAnswering");
        CLASS_ENDINGS.put(TaskType.CAUSAL_LM, "ForCausalLM");
        CLASS_ENDINGS.put(TaskType.SEQ_2_SEQ_LM, "ForConditionalGeneration");
        CLASS_ENDINGS.put(TaskType.FEATURE_EXTRACTION, "Model");
    }

    /** Copies the labels. */
    public HeadConfig {
        labels = List.copyOf(labels);
    }

    /**
     * Decides.
     *
     * @param config the checkpoint's {@code config.json}
     * @param wanted what was asked for, or null
     * @param usual the task where the config names no class
     * @param supported the tasks that the family has heads for
     * @throws BadFileException if the family has no head for the task, or the labels are malformed
     */
    public static HeadConfig decide(
            JsonFields config,
            @Nullable HeadOptions wanted,
            TaskType usual,
            Set<TaskType> supported) {
        TaskType saved = savedTask(config, usual);
        TaskType task = wanted == null ? saved : wanted.task();
        if (!supported.contains(task)) {
            throw new BadFileException(
                    config.file(),
                    "a model of the type "
                            + config.string("model_type")
                            + " has no head for "
                            + task,
                    "Open it for one of " + supported);
        }
        @Nullable List<String> named = wanted == null ? null : wanted.labels();
        List<String> labels =
                task == TaskType.QUESTION_ANS
                        ? List.of("start", "end")
                        : named == null ? labels(config) : named;
        @Nullable Problem problem = wanted == null ? null : wanted.problem();
        return new HeadConfig(
                task,
                labels,
                problem == null ? problem(config, labels.size()) : problem,
                wanted != null && wanted.replace(),
                wanted == null ? 0 : wanted.seed(),
                task == saved);
    }

    /** The task of the class in {@code architectures}. */
    private static TaskType savedTask(JsonFields config, TaskType usual) {
        String name =
                config.optionalStrings("architectures").orElse(List.of()).stream()
                        .findFirst()
                        .orElse("");
        if (name.isEmpty() || name.endsWith("LMHeadModel")) {
            return usual;
        }
        for (Map.Entry<TaskType, String> ending : CLASS_ENDINGS.entrySet()) {
            if (name.endsWith(ending.getValue())) {
                return ending.getKey();
            }
        }
        return TaskType.FEATURE_EXTRACTION;
    }

    private static List<String> labels(JsonFields config) {
        Optional<JsonFields> names = config.optionalObject("id2label");
        if (names.isEmpty()) {
            int count = config.optionalPositiveInt("num_labels").orElse(2);
            if (count > MOST_LABELS) {
                throw config.mustBe("num_labels", "at most " + MOST_LABELS);
            }
            return HeadOptions.numbered(count);
        }
        JsonObject byId = names.get().object();
        List<String> labels = new ArrayList<>();
        for (int id = 0; id < byId.size(); id++) {
            JsonElement label = byId.get(String.valueOf(id));
            if (label == null || !label.isJsonPrimitive()) {
                throw config.mustBe(
                        "id2label", "an object with a name for each id from 0 up, without gaps,");
            }
            labels.add(label.getAsString());
        }
        if (labels.size() > MOST_LABELS) {
            throw config.mustBe("id2label", "an object with at most " + MOST_LABELS + " labels");
        }
        if (labels.isEmpty()) {
            throw config.mustBe("id2label", "an object with at least one label");
        }
        return labels;
    }

    private static Problem problem(JsonFields config, int labels) {
        String key = "problem_type";
        Optional<String> given = config.optionalString(key);
        if (given.isEmpty()) {
            return labels == 1 ? Problem.REGRESSION : Problem.SINGLE_LABEL_CLASSIFICATION;
        }
        for (Problem problem : Problem.values()) {
            if (spelling(problem).equals(given.get())) {
                return problem;
            }
        }
        throw config.mustBe(
                key, "regression, single_label_classification or multi_label_classification");
    }

    private static String spelling(Problem problem) {
        return problem.name().toLowerCase(Locale.ROOT);
    }

    /** Returns how many logits there are for a row or a token. */
    public int size() {
        return labels.size();
    }

    /**
     * Writes the head into a config, as {@code save_pretrained} would.
     *
     * @param config the checkpoint's {@code config.json}, which is changed
     */
    public void writeTo(JsonObject config) {
        writeClass(config);
        if (task == TaskType.QUESTION_ANS) { // whose logits transformers counts by the labels too
            List.of("id2label", "label2id", "num_labels").forEach(config::remove);
        }
        if (task != TaskType.SEQ_CLS && task != TaskType.TOKEN_CLS) {
            return;
        }
        JsonObject names = new JsonObject();
        JsonObject ids = new JsonObject();
        for (int id = 0; id < labels.size(); id++) {
            names.addProperty(String.valueOf(id), labels.get(id));
            ids.addProperty(labels.get(id), id);
        }
        config.add("id2label", names);
        config.add("label2id", ids);
        if (task == TaskType.SEQ_CLS) {
            config.addProperty("problem_type", spelling(problem));
        }
    }

    /** The Python class of the same family for this task; stays as it is where none is named. */
    private void writeClass(JsonObject config) {
        JsonElement present = config.get("architectures");
        if (present == null || !present.isJsonArray() || present.getAsJsonArray().isEmpty()) {
            return;
        }
        Matcher name = CLASS_NAME.matcher(present.getAsJsonArray().get(0).getAsString());
        if (name.matches()) {
            JsonArray architectures = new JsonArray();
            architectures.add(className(name.group(1)));
            config.add("architectures", architectures);
        }
    }

    private String className(String family) {
        boolean older = family.equals("GPT2") && task == TaskType.CAUSAL_LM;
        return family + (older ? "LMHeadModel" : CLASS_ENDINGS.getOrDefault(task, "Model"));
    }
}
