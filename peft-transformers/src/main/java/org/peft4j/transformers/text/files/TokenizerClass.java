package org.peft4j.transformers.text.files;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The classes of {@code transformers} 5 that matter for how a tokenizer is read. Most of them take
 * the vocabulary of {@code tokenizer.json} only and bring everything else themselves, so that the
 * settings of {@code tokenizer_config.json} outweigh that file.
 */
enum TokenizerClass {
    /** {@code tokenizer.json} as it is. */
    BACKEND,
    BERT,
    CAMEMBERT,
    GEMMA,
    GPT2,
    GPT_NEOX,
    LLAMA,
    MPNET,
    QWEN2,
    ROBERTA,
    T5,
    XLM_ROBERTA;

    private static final Map<String, TokenizerClass> BY_NAME =
            Map.ofEntries(
                    Map.entry("BartTokenizer", ROBERTA),
                    Map.entry("BertTokenizer", BERT),
                    Map.entry("CamembertTokenizer", CAMEMBERT),
                    Map.entry("DistilBertTokenizer", BERT),
                    Map.entry("ElectraTokenizer", BERT),
                    Map.entry("GPT2Tokenizer", GPT2),
                    Map.entry("GPTNeoXTokenizer", GPT_NEOX),
                    Map.entry("GemmaTokenizer", GEMMA),
                    Map.entry("LayoutLMTokenizer", BERT),
                    Map.entry("LlamaTokenizer", LLAMA),
                    Map.entry("LongformerTokenizer", ROBERTA),
                    Map.entry("MPNetTokenizer", MPNET),
                    Map.entry("MobileBertTokenizer", BERT),
                    Map.entry("Phi3Tokenizer", LLAMA),
                    Map.entry("Qwen2Tokenizer", QWEN2),
                    Map.entry("RobertaTokenizer", ROBERTA),
                    Map.entry("T5Tokenizer", T5),
                    Map.entry("XLMRobertaTokenizer", XLM_ROBERTA));

    /** What a checkpoint of a model type has where it names no class, or {@link #BACKEND}. */
    private static final Map<String, TokenizerClass> BY_MODEL =
            Map.ofEntries(
                    Map.entry("bart", ROBERTA),
                    Map.entry("bert", BERT),
                    Map.entry("camembert", CAMEMBERT),
                    Map.entry("distilbert", BERT),
                    Map.entry("electra", BERT),
                    Map.entry("gemma", GEMMA),
                    Map.entry("gemma2", GEMMA),
                    Map.entry("gpt2", GPT2),
                    Map.entry("gpt_neox", GPT_NEOX),
                    Map.entry("mistral", BACKEND),
                    Map.entry("mpnet", MPNET),
                    Map.entry("mt5", T5),
                    Map.entry("opt", GPT2),
                    Map.entry("phi3", BACKEND),
                    Map.entry("qwen2", QWEN2),
                    Map.entry("qwen3", QWEN2),
                    Map.entry("roberta", ROBERTA),
                    Map.entry("t5", T5),
                    Map.entry("xlm-roberta", XLM_ROBERTA));

    /** Model types whose checkpoints are known to name a wrong class. */
    private static final Set<String> MISNAMED = Set.of("phi3", "qwen2");

    private static final String FAST = "Fast";
    private static final String END = "<|endoftext|>";

    /**
     * Chooses the class.
     *
     * @param named {@code tokenizer_class} of {@code tokenizer_config.json}, else of {@code
     *     config.json}
     * @param modelType of {@code config.json}; empty where there is none
     * @param isByteLevel whether {@code tokenizer.json} has a part of the type ByteLevel
     */
    static TokenizerClass choose(Optional<String> named, String modelType, boolean isByteLevel) {
        Optional<TokenizerClass> ofModel = Optional.ofNullable(BY_MODEL.get(modelType));
        if (named.isEmpty()) {
            return ofModel.orElse(BACKEND);
        }
        TokenizerClass byName = BY_NAME.getOrDefault(withoutFast(named.get()), BACKEND);
        if (withoutFast(named.get()).equals("LlamaTokenizer")
                && isByteLevel
                && !MISNAMED.contains(modelType)) {
            return BACKEND;
        }
        if (ofModel.isPresent() && ofModel.get() == BACKEND) {
            return BACKEND;
        }
        return ofModel.isPresent() && MISNAMED.contains(modelType) ? ofModel.get() : byName;
    }

    private static String withoutFast(String name) {
        return name.endsWith(FAST) ? name.substring(0, name.length() - FAST.length()) : name;
    }

    /** Returns what a token of a name is where no file says it. */
    Optional<NamedToken> defaultOf(String name) {
        return switch (this) {
            case BACKEND -> Optional.empty();
            case BERT -> of(name, null, null, "[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]");
            case GPT2 -> of(name, END, END, END, null, null, null, null);
            case GPT_NEOX -> of(name, END, END, END, null, "<|padding|>", null, null);
            case QWEN2 -> of(name, null, END, END, null, END, null, null);
            case LLAMA -> of(name, "<s>", "</s>", "<unk>", null, null, null, null);
            case GEMMA -> of(name, "<bos>", "<eos>", "<unk>", null, "<pad>", null, "<mask>");
            case T5 -> of(name, null, "</s>", "<unk>", null, "<pad>", null, null);
            case ROBERTA, XLM_ROBERTA ->
                    of(name, "<s>", "</s>", "<unk>", "</s>", "<pad>", "<s>", "<mask>");
            case CAMEMBERT, MPNET -> {
                String unknown = this == MPNET ? "[UNK]" : "<unk>";
                yield of(name, "<s>", "</s>", unknown, "</s>", "<pad>", "<s>", "<mask>");
            }
        };
    }

    private static Optional<NamedToken> of(String name, @Nullable String... inOrder) {
        int index = TokenizerSettings.NAMES.indexOf(name);
        return index < 0
                ? Optional.empty()
                : Optional.ofNullable(inOrder[index]).map(NamedToken::of);
    }
}
