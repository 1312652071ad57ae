package org.peft4j.adapter.hub;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.LinearPoint;

/**
 * A head that AdapterHub's own model classes ({@code AutoAdapterModel}) add beside a base: linears
 * that have numbers, as {@code heads.NAME.4.weight}, where the base's own head has modules. Many
 * compute what the base's own head computes, once their linears are in its place.
 *
 * @param modules the base's modules that take its linears, in their order
 */
record NumberedHead(List<String> modules) {

    private static final Pattern LINEAR =
            Pattern.compile("heads\\..+\\.(\\d{1,3})\\.(?:weight|bias)");
    private static final NumberedHead NONE = new NumberedHead(List.of());

    /**
     * What a head does between the hidden states and its logits.
     *
     * @param type AdapterHub's {@code head_type}
     * @param linears how many it has
     * @param activation between them, or null where there is one alone
     * @param isPooled whether it reads what the pretrained pooler gives
     */
    private record Form(String type, int linears, @Nullable String activation, boolean isPooled) {}

    /** Reads {@code head_config.json}, if there is one, and looks for the base's modules. */
    static NumberedHead of(Path directory, BaseModel base) {
        Path file = directory.resolve(HubKind.HEAD_CONFIG);
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        return JsonFields.read(file)
                .optionalObject("config")
                .flatMap(NumberedHead::form)
                .flatMap(form -> modules(form, base))
                .filter(modules -> modules.stream().allMatch(path -> hasBias(base, path)))
                .map(NumberedHead::new)
                .orElse(NONE);
    }

    /** Not every head has linears alone, nor all of these a bias. */
    private static Optional<Form> form(JsonFields config) {
        int linears = config.optionalPositiveInt("layers").orElse(0);
        if (linears == 0 || !config.optionalBool("bias").orElse(true)) {
            return Optional.empty();
        }
        return Optional.of(
                new Form(
                        config.optionalString("head_type").orElse("").replace("multilabel_", ""),
                        linears,
                        linears == 1
                                ? null
                                : config.optionalString("activation_function").orElse("none"),
                        config.optionalBool("use_pooler").orElse(false)));
    }

    private static boolean hasBias(BaseModel base, String path) {
        return base.points()
                .find(LinearPoint.class, path)
                .filter(linear -> linear.frozen().bias() != null)
                .isPresent();
    }

    private static Optional<List<String>> modules(Form form, BaseModel base) {
        return switch (base.info().task()) {
            case SEQ_CLS -> Optional.ofNullable(classifiers(base).get(form));
            case TOKEN_CLS -> one(form, "tagging", "classifier");
            case QUESTION_ANS -> one(form, "question_answering", "qa_outputs");
            default -> Optional.empty();
        };
    }

    private static Optional<List<String>> one(Form form, String type, String module) {
        return form.equals(new Form(type, 1, null, false))
                ? Optional.of(List.of(module))
                : Optional.empty();
    }

    /** What a base's own classifier of whole sequences amounts to. */
    private static Map<Form, List<String>> classifiers(BaseModel base) {
        Form plain = new Form("classification", 2, "tanh", false);
        return switch (base.info().modelType()) {
            case "bert" ->
                    Map.of(
                            plain,
                            List.of(pooler(base), "classifier"),
                            new Form("classification", 1, null, true),
                            List.of("classifier"));
            case "roberta", "xlm-roberta", "camembert" ->
                    Map.of(plain, List.of("classifier.dense", "classifier.out_proj"));
            case "bart" ->
                    Map.of(
                            plain,
                            List.of("classification_head.dense", "classification_head.out_proj"));
            case "distilbert" ->
                    Map.of(
                            new Form("classification", 2, "relu", false),
                            List.of("pre_classifier", "classifier"));
            default -> Map.of();
        };
    }

    private static String pooler(BaseModel base) {
        return base.points().paths(LinearPoint.class).stream()
                .filter(path -> path.endsWith("pooler.dense"))
                .findFirst()
                .orElse("pooler.dense");
    }

    /**
     * Returns the base's names for a head's tensors, without those that keep their own.
     *
     * @param stored their names in the file
     */
    Map<String, String> names(Iterable<String> stored) {
        Map<Integer, List<String>> linears = new TreeMap<>();
        for (String name : stored) {
            Matcher linear = LINEAR.matcher(name);
            if (linear.matches()) {
                linears.computeIfAbsent(Integer.valueOf(linear.group(1)), n -> new ArrayList<>())
                        .add(name);
            }
        }
        Map<String, String> names = new TreeMap<>();
        if (linears.size() == modules.size()) {
            List<List<String>> inOrder = List.copyOf(linears.values());
            for (int i = 0; i < modules.size(); i++) {
                for (String name : inOrder.get(i)) {
                    String kind = name.substring(name.lastIndexOf('.'));
                    names.put(name, modules.get(i) + kind);
                }
            }
        }
        return names;
    }
}
