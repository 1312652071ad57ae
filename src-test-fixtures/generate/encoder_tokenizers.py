"""Tiny tokenizers as BERT, T5 and RoBERTa/BART have them, and what they make of pairs, words and long texts."""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from byte_level_tokenizer import CORPUS, TEXTS

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'\"-()é"
QUESTION = "Which base model never changes?"
CONTEXT = "The adapter is small 🙂, the base model is large; and the base model never changes. Naïve café!"
PAIRS = [("The adapter is small.", "The base model is large."), (QUESTION, CONTEXT), ("", "model"), ("rank", "")]
WORDS = ["Training", "and", "merging", ",", "unbelievable", "🙂", "café"]
CLEAN = "do not go . i 'm here , he 's there ! is n't it ? \" ' we 've been ' they 're"


def save(tokenizer: Tokenizer, **options) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **options)


def bert() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(cleanup=True)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(
        vocab_size=220, special_tokens=special, initial_alphabet=list(LETTERS), show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return save(tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
                mask_token="[MASK]", clean_up_tokenization_spaces=True)


def t5() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    special = ["<pad>", "</s>", "<unk>", "<extra_id_0>", "<extra_id_1>"]
    tokenizer.train_from_iterator(CORPUS, trainers.UnigramTrainer(
        vocab_size=180, special_tokens=special, unk_token="<unk>", initial_alphabet=list(LETTERS),
        show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return save(tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
                additional_special_tokens=["<extra_id_0>", "<extra_id_1>"], clean_up_tokenization_spaces=False)


def roberta() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=300, special_tokens=special, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=True)
    return save(tokenizer, bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>", pad_token="<pad>",
                unk_token="<unk>", mask_token="<mask>", clean_up_tokenization_spaces=True)


def encoding(made) -> dict:
    """Of special tokens the sequence and the word are null; offsets count code points."""
    return {"ids": made.ids, "type_ids": made.type_ids, "sequences": made.sequence_ids, "words": made.word_ids,
            "offsets": [list(pair) for pair in made.offsets]}


def call(tokenizer, *texts, **options) -> list:
    made = tokenizer(*texts, return_offsets_mapping=True, **options)
    return [encoding(one) for one in made.encodings]


def pair_encoding(tokenizer, first: str, second: str) -> dict:
    """By the library itself: transformers takes a pair whose second text is empty for one text."""
    tokenizer.backend_tokenizer.no_truncation()
    return encoding(tokenizer.backend_tokenizer.encode(first, second))


def golden(tokenizer) -> dict:
    pair = (QUESTION, CONTEXT)
    texts = [{"text": text, **call(tokenizer, text)[0], "decoded": tokenizer.decode(
        tokenizer(text)["input_ids"], skip_special_tokens=True)} for text in [*TEXTS, CLEAN]]
    return {
        "special_tokens": {name: getattr(tokenizer, f"{name}_token_id")
                           for name in ("bos", "eos", "pad", "unk", "cls", "sep", "mask")},
        "texts": texts,
        "pairs": [{"first": a, "second": b, **pair_encoding(tokenizer, a, b)} for a, b in PAIRS],
        "words": {"given": WORDS, **call(tokenizer, WORDS, is_split_into_words=True)[0]},
        "truncated": [{"most": most, "which": which, **call(tokenizer, *pair, truncation=which, max_length=most)[0]}
                      for which, most in (("longest_first", 24), ("longest_first", 60), ("only_second", 30),
                                          ("longest_first", 9), ("only_first", 110))
                      if fits(tokenizer, pair, which, most)],
        "windows": {"most": 32, "overlap": 5, "windows": call(
            tokenizer, *pair, truncation="only_second", max_length=32, stride=5, return_overflowing_tokens=True)},
        "first": QUESTION, "second": CONTEXT,
    }


def fits(tokenizer, pair, which: str, most: int) -> bool:
    return which != "only_first" or len(tokenizer(pair[1])["input_ids"]) + 4 < most


def write(root: Path) -> None:
    for make in (bert, t5, roberta):
        tokenizer = make()
        tokenizer.save_pretrained(root / "tokenizers" / make.__name__)
        write_lines(root / "golden/tokenizers" / f"{make.__name__}.json", golden(tokenizer))


def write_lines(path: Path, value: dict) -> None:
    """As common.write_json, but with one line for each item: these are mostly lists of numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [f'"{key}": ' + (("[\n" + ",\n".join(map(dump, item)) + "\n]") if isinstance(item, list) else dump(item))
               for key, item in sorted(value.items())]
    path.write_text("{\n" + ",\n".join(entries) + "\n}\n", encoding="utf-8")


def dump(value) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
