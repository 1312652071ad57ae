"""A tiny byte-level BPE tokenizer and what it makes of some awkward texts."""

from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from common import write_json

CORPUS = [
    "A frozen model learns a new task when a few small matrices are trained beside its weights.",
    "The adapter is small, the base model is large, and the base model never changes.",
    "There are many tasks and there is one model; each task brings its own small adapter.",
    "The rank of the update is low: two thin matrices, one down and one up.",
    "Training and merging, merging and training, then training again.",
]
PAD, BOS, EOS, UNK = "<pad>", "<s>", "</s>", "<unk>"
VOCAB = 300
TEXTS = [
    "The adapter is small.", "", " ", "  two leading spaces", "trailing space ", "line\nbreak\ttab",
    "naïve café – “quotes” …", "日本語のテキスト", "emoji 🙂👩‍👩‍👧 end", "e\u0301 combining", "12345 6.78e-9",
    "<s>special</s> inside <pad> text", "</s>", "MiXeD CaSe's we'll don't", "\u00a0no-break\u200bzero-width",
]
BATCH = ["The adapter is small.", "rank", "many tasks 🙂"]


def train() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=VOCAB, special_tokens=[PAD, BOS, EOS, UNK],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False,
    ))
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(
            single=f"{BOS} $A", pair=f"{BOS} $A {BOS} $B:1", special_tokens=[(BOS, tokenizer.token_to_id(BOS))]),
    ])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=PAD, bos_token=BOS, eos_token=EOS, unk_token=UNK,
        model_max_length=256, padding_side="left", clean_up_tokenization_spaces=False,
    )


def encoded(tokenizer, text: str) -> dict:
    """Offsets count Unicode code points, not UTF-16 units."""
    encoding = tokenizer(text, return_offsets_mapping=True)
    ids = encoding["input_ids"]
    return {
        "text": text,
        "ids": ids,
        "ids_without_special_tokens": tokenizer(text, add_special_tokens=False)["input_ids"],
        "tokens": tokenizer.convert_ids_to_tokens(ids),
        "offsets": [list(pair) for pair in encoding["offset_mapping"]],
        "decoded": tokenizer.decode(ids),
        "decoded_without_special_tokens": tokenizer.decode(ids, skip_special_tokens=True),
    }


def batch(tokenizer, side: str) -> dict:
    encoding = tokenizer(BATCH, padding=True, padding_side=side)
    return {"texts": BATCH, "input_ids": encoding["input_ids"], "attention_mask": encoding["attention_mask"]}


def write(root: Path) -> None:
    tokenizer = train()
    tokenizer.save_pretrained(root / "tokenizer")
    write_json(root / "golden/tokenizer.json", {
        "vocab_size": len(tokenizer),
        "special_tokens": {"bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id,
                           "pad": tokenizer.pad_token_id, "unk": tokenizer.unk_token_id},
        "texts": [encoded(tokenizer, text) for text in TEXTS],
        "batches": {side: batch(tokenizer, side) for side in ("left", "right")},
        "truncated": {"max_length": 8, "text": CORPUS[0],
                      "ids": tokenizer(CORPUS[0], truncation=True, max_length=8)["input_ids"]},
    })
