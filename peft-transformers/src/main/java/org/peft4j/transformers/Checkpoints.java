package org.peft4j.transformers;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.PeftException;
import org.peft4j.core.ResizedVocabulary;
import org.peft4j.core.VocabularySize;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.transformers.families.bart.BartModel;
import org.peft4j.transformers.families.bert.BertModel;
import org.peft4j.transformers.families.bert.RobertaModel;
import org.peft4j.transformers.families.distilbert.DistilBertModel;
import org.peft4j.transformers.families.gemma.GemmaModel;
import org.peft4j.transformers.families.gpt2.Gpt2Model;
import org.peft4j.transformers.families.gptneox.GptNeoxModel;
import org.peft4j.transformers.families.llama.LlamaModel;
import org.peft4j.transformers.families.opt.OptModel;
import org.peft4j.transformers.families.phi3.Phi3Model;
import org.peft4j.transformers.families.t5.T5Model;
import org.peft4j.transformers.hub.Hub;
import org.peft4j.transformers.hub.HubOptions;
import org.peft4j.transformers.parts.OpenedCheckpoint;

/** Opens checkpoints as Hugging Face publishes them, from a directory or from the hub. */
public final class Checkpoints {

    private static final String LAYERS = "num_hidden_layers";

    /**
     * How a base is built.
     *
     * @param open builds it
     * @param layers the fields that count its layers
     */
    private record Family(Function<OpenedCheckpoint, BaseModel> open, String... layers) {

        /** A layer has a tensor at least, and nothing is made for those that have none. */
        void requireLayers(CheckpointDirectory files) {
            JsonFields config = files.configFields();
            int tensors = files.entries().size();
            for (String key : layers) {
                if (config.optionalPositiveInt(key).orElse(0) > tensors) {
                    throw config.mustBe(
                            key,
                            "the number of layers that the weights are of, which are "
                                    + tensors
                                    + " tensors,");
                }
            }
        }
    }

    /** The families, by {@code model_type}. */
    private static final Map<String, Family> FAMILIES =
            Map.ofEntries(
                    Map.entry(
                            "bart",
                            new Family(BartModel::open, "encoder_layers", "decoder_layers")),
                    Map.entry("bert", new Family(BertModel::open, LAYERS)),
                    Map.entry("camembert", new Family(RobertaModel::open, LAYERS)),
                    Map.entry("distilbert", new Family(DistilBertModel::open, "n_layers")),
                    Map.entry("gemma", new Family(GemmaModel::open, LAYERS)),
                    Map.entry("gemma2", new Family(GemmaModel::open, LAYERS)),
                    Map.entry("gpt2", new Family(Gpt2Model::open, "n_layer")),
                    Map.entry("gpt_neox", new Family(GptNeoxModel::open, LAYERS)),
                    Map.entry("llama", new Family(LlamaModel::open, LAYERS)),
                    Map.entry("mistral", new Family(LlamaModel::open, LAYERS)),
                    Map.entry("mt5", new Family(T5Model::open, "num_layers", "num_decoder_layers")),
                    Map.entry("opt", new Family(OptModel::open, LAYERS)),
                    Map.entry("phi3", new Family(Phi3Model::open, LAYERS)),
                    Map.entry("qwen2", new Family(LlamaModel::open, LAYERS)),
                    Map.entry("qwen3", new Family(LlamaModel::open, LAYERS)),
                    Map.entry("roberta", new Family(RobertaModel::open, LAYERS)),
                    Map.entry("t5", new Family(T5Model::open, "num_layers", "num_decoder_layers")),
                    Map.entry("xlm-roberta", new Family(RobertaModel::open, LAYERS)));

    private Checkpoints() {}

    /**
     * Opens a checkpoint on the CPU in its own dtype. Weights are mapped, not read.
     *
     * @param directory holds {@code config.json} and the weights as safetensors
     * @return the base; the caller closes it
     * @throws BadFileException if a file is bad, or the model is of no known family
     */
    public static BaseModel open(Path directory) {
        return open(directory, LoadOptions.defaults());
    }

    /**
     * Opens a checkpoint.
     *
     * @param directory holds {@code config.json} and the weights as safetensors
     * @param options device, dtype and name
     * @return the base; the caller closes it
     * @throws BadFileException if a file is bad, or the model is of no known family
     */
    public static BaseModel open(Path directory, LoadOptions options) {
        return open(CheckpointDirectory.open(directory), options);
    }

    private static BaseModel open(CheckpointDirectory published, LoadOptions options) {
        Family family = family(published.configFields());
        family.requireLayers(published);
        DType dtype = ModelDtype.of(published, options);
        int tokens = published.configFields().positiveInt("vocab_size");
        @Nullable VocabularySize wanted = options.vocabulary();
        CheckpointDirectory files =
                wanted == null ? published : published.withVocabularySize(wanted.from(tokens));
        @Nullable ResizedVocabulary resized =
                wanted == null
                        ? null
                        : new ResizedVocabulary(
                                tokens, wanted.from(tokens), wanted, deviation(published));
        OperatorDoor door = OperatorDoor.open(options.device());
        try {
            return family.open.apply(
                    new OpenedCheckpoint(
                            name(published.path(), options),
                            files,
                            new FrozenWeights(files, door, dtype, resized),
                            door,
                            dtype,
                            options.head(),
                            new OpenedCheckpoint.Vocabulary(
                                    tokens,
                                    size -> open(published, options.withVocabularySize(size)))));
        } catch (RuntimeException e) {
            door.close();
            throw e;
        }
    }

    /**
     * Opens a model by its directory or its name on the hub, on the CPU in its own dtype.
     *
     * @param nameOrPath as for {@link #resolve(String)}; adapters record it as their base
     * @return the base; the caller closes it
     * @throws PeftException as {@link #resolve(String)} and {@link #open(Path)} do
     */
    public static BaseModel open(String nameOrPath) {
        return open(nameOrPath, LoadOptions.defaults());
    }

    /**
     * Opens a model by its directory or its name on the hub.
     *
     * @param nameOrPath as for {@link #resolve(String)}; adapters record it as their base unless
     *     the options name another
     * @param options device, dtype and name
     * @return the base; the caller closes it
     * @throws PeftException as {@link #resolve(String)} and {@link #open(Path)} do
     */
    public static BaseModel open(String nameOrPath, LoadOptions options) {
        return open(nameOrPath, options, HubOptions.fromEnvironment());
    }

    /**
     * Opens a model by its directory or its name on the hub.
     *
     * @param nameOrPath as for {@link #resolve(String)}; adapters record it as their base unless
     *     the options name another
     * @param options device, dtype and name
     * @param hub where the hub and the cache are, and which revision to take
     * @return the base; the caller closes it
     * @throws PeftException as {@link #resolve(String)} and {@link #open(Path)} do
     */
    public static BaseModel open(String nameOrPath, LoadOptions options, HubOptions hub) {
        return open(
                resolve(nameOrPath, hub),
                options.name() == null ? options.withName(nameOrPath) : options);
    }

    /**
     * Returns the directory of a base model or an adapter, downloaded from the Hugging Face hub if
     * need be; the environment says how, see {@link HubOptions#fromEnvironment()}.
     *
     * @param nameOrPath a directory, returned as it is, or a name on the hub such as {@code
     *     Qwen/Qwen2.5-0.5B}
     * @return the directory
     * @throws PeftException as {@link Hub#resolve} does
     */
    public static Path resolve(String nameOrPath) {
        return resolve(nameOrPath, HubOptions.fromEnvironment());
    }

    /**
     * Returns the directory of a base model or an adapter, downloaded from the Hugging Face hub if
     * need be.
     *
     * @param nameOrPath a directory, returned as it is, or a name on the hub
     * @param options where the hub and the cache are, and which revision to take
     * @return the directory
     * @throws PeftException as {@link Hub#resolve} does
     */
    public static Path resolve(String nameOrPath, HubOptions options) {
        return Hub.resolve(nameOrPath, options);
    }

    private static Family family(JsonFields config) {
        if (config.has("quantization_config")) {
            throw new BadFileException(
                    config.file(),
                    "quantization_config says that the weights are quantised",
                    "Use the checkpoint with the weights as they were before quantisation");
        }
        Family family = FAMILIES.get(config.string("model_type"));
        if (family == null) {
            throw config.mustBe(
                    "model_type",
                    "one of " + String.join(", ", new TreeSet<>(FAMILIES.keySet())) + ",");
        }
        return family;
    }

    /** The standard deviation of fresh weights. */
    private static double deviation(CheckpointDirectory files) {
        JsonFields config = files.configFields();
        String named = config.has("init_std") ? "init_std" : "initializer_range";
        return config.optionalNumber(named).orElse(0.02);
    }

    private static String name(Path directory, LoadOptions options) {
        @Nullable String name = options.name();
        return name == null ? directory.toString() : name;
    }
}
