package org.peft4j.core;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.peft4j.core.files.Names;

/**
 * What the names of an adapter's tensors say of where it came from, where they are not those that
 * its config and the base imply.
 *
 * @param base the base
 * @param missing names that are implied but not there
 * @param unexpected names that are there but not implied
 */
record NameDifferences(BaseModel base, Set<String> missing, Set<String> unexpected) {

    private static final String PREFIX = AdapterBuilder.KEY_PREFIX;

    /** What wrappers of modules put into the names of their parameters, and whose they are. */
    private static final Map<String, String> WRAPPERS =
            new TreeMap<>(
                    Map.of(
                            "_orig_mod", "torch.compile",
                            "_fsdp_wrapped_module", "FSDP",
                            "_checkpoint_wrapped_module", "checkpointing",
                            "module", "DataParallel",
                            "default", "peft, which leaves the adapter's name out of its files,",
                            "language_model", "a multimodal model"));

    /** Modules of heads, with how a base with such a head is opened. */
    private static final Map<String, String> HEADS =
            Map.of(
                    "score", "sequenceClassification(labels)",
                    "classifier", "sequenceClassification(labels) or tokenClassification(labels)",
                    "pre_classifier", "sequenceClassification(labels)",
                    "classification_head", "sequenceClassification(labels)",
                    "qa_outputs", "of(TaskType.QUESTION_ANS)");

    /**
     * Returns those unexpected names for which the base has no module at all, such as those of a
     * value head: Python passes over them. None if anything is missing, or if they may come from
     * another spelling of the base's own names or from the head of another task.
     */
    Set<String> withoutModule() {
        Set<String> foreign = new TreeSet<>();
        if (!missing.isEmpty()) {
            return foreign;
        }
        Set<String> known = new LinkedHashSet<>();
        base.points().paths().forEach(path -> known.addAll(List.of(path.split("\\."))));
        for (String key : unexpected) {
            String top = key.startsWith(PREFIX) ? parts(key.substring(PREFIX.length())).get(0) : "";
            if (!top.isEmpty()
                    && !known.contains(top)
                    && !WRAPPERS.containsKey(top)
                    && !HEADS.containsKey(top)) {
                foreign.add(key);
            }
        }
        return foreign;
    }

    /** Returns what to do about it, as far as the names tell. */
    Optional<String> remedy() {
        return wrapper().or(this::prefix).or(this::head).or(this::level);
    }

    /** Names that fit without the marks of wrappers. */
    private Optional<String> wrapper() {
        for (String key : unexpected) {
            Set<String> marks = new LinkedHashSet<>(parts(key));
            marks.retainAll(WRAPPERS.keySet());
            if (!marks.isEmpty() && missing.contains(completed(without(key, marks)))) {
                List<String> steps = new ArrayList<>();
                marks.forEach(mark -> steps.add(".replace('" + mark + ".', '')"));
                if (!without(key, marks).startsWith(PREFIX)) {
                    steps.add(0, "'" + PREFIX + "' + ");
                }
                String mark = marks.iterator().next();
                return Optional.of(
                        "The names have \""
                                + String.join(".\" and \"", marks)
                                + ".\" in them, which comes from "
                                + WRAPPERS.get(mark)
                                + ". Take it out: "
                                + python(steps));
            }
        }
        return Optional.empty();
    }

    private static String completed(String key) {
        return key.startsWith(PREFIX) ? key : PREFIX + key;
    }

    private Optional<String> prefix() {
        return unexpected.stream()
                .filter(key -> !key.startsWith(PREFIX) && missing.contains(PREFIX + key))
                .findFirst()
                .map(
                        key ->
                                "The names lack the prefix \""
                                        + PREFIX
                                        + "\". Put it before them: "
                                        + python(List.of("'" + PREFIX + "' + ")));
    }

    /** Names that fit with one component more, or less. */
    private Optional<String> level() {
        return oneMore(unexpected, missing)
                .map(part -> "have " + Names.quote(part + ".") + " in them, which")
                .or(
                        () ->
                                oneMore(missing, unexpected)
                                        .map(part -> "lack " + Names.quote(part + ".") + ", as"))
                .map(
                        what ->
                                "The names "
                                        + what
                                        + " it is with a base of another task or kind. Open the base"
                                        + " as the task_type of adapter_config.json says, with"
                                        + " HeadOptions");
    }

    /** Returns a component without which a name of one set would be of the other. */
    private static Optional<String> oneMore(Set<String> longer, Set<String> shorter) {
        for (String key : longer) {
            List<String> parts = parts(key);
            for (int i = parts.size() - 1; i >= 0; i--) {
                List<String> rest = new ArrayList<>(parts);
                rest.remove(i);
                if (shorter.contains(String.join(".", rest))) {
                    return Optional.of(parts.get(i));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> head() {
        for (String key : unexpected) {
            for (String part : parts(key)) {
                if (HEADS.containsKey(part) && !hasModule(part)) {
                    return Optional.of(
                            "The adapter has the head "
                                    + part
                                    + " of another task than this base, which was opened for "
                                    + base.info().task()
                                    + ". Open the base with HeadOptions."
                                    + HEADS.get(part));
                }
            }
        }
        return Optional.empty();
    }

    private boolean hasModule(String part) {
        return base.points().paths().stream().anyMatch(path -> parts(path).contains(part));
    }

    private static String python(List<String> steps) {
        StringBuilder name = new StringBuilder("k");
        steps.forEach(step -> name.insert(step.startsWith(".") ? name.length() : 0, step));
        return "python -c \"from safetensors.torch import load_file, save_file; f ="
                + " 'adapter_model.safetensors'; save_file({"
                + name
                + ": v for k, v in load_file(f).items()}, f, metadata={'format': 'pt'})\"";
    }

    private static List<String> parts(String key) {
        return List.of(key.split("\\."));
    }

    private static String without(String key, Set<String> left) {
        return String.join(".", parts(key).stream().filter(part -> !left.contains(part)).toList());
    }
}
