"""Prefix tuning's cases, see adapters.py; their encoders beside them; what peft generates with them."""

from pathlib import Path

import torch
from peft import PeftModel, PrefixTuningConfig

import adapters
import tasks
from common import left_padding, padded, token_ids, write_json, write_tensors

THREE = dict(num_virtual_tokens=3)
MLP = dict(prefix_projection=True, encoder_hidden_size=10)
WIDTH, LENGTHS, NEW_TOKENS, BEAMS = 6, (6, 4), 6, 3


def task(name: str, **options) -> dict:
    return dict(task_type=name, **THREE, **options)


# case → base, PrefixTuningConfig arguments
CASES = {
    "llama-prefix": ("llama", task("CAUSAL_LM")),
    "gpt2-prefix": ("gpt2", task("CAUSAL_LM")),
    "opt-prefix": ("opt", task("CAUSAL_LM", init_weights="zero")),
    # A window of 8 keys, virtual ones among them.
    "gemma2-prefix": ("gemma2", task("CAUSAL_LM")),
    # peft takes the width of a head to be d_model / heads; T5's is its own.
    "t5-prefix": ("t5", task("SEQ_2_SEQ_LM", token_dim=32)),
    "bart-prefix": ("bart", task("SEQ_2_SEQ_LM")),
    "bert-prefix-seq-cls": ("bert-heads", task("SEQ_CLS")),
    "bert-prefix-token-cls": ("bert-heads", task("TOKEN_CLS")),
    "bert-prefix-question-ans": ("bert-heads", task("QUESTION_ANS")),
    "roberta-prefix-seq-cls": ("roberta-heads", task("SEQ_CLS")),
    "gpt2-prefix-seq-cls": ("gpt2-heads", task("SEQ_CLS")),
}
ENCODED = {
    "llama-prefix-mlp": ("llama", task("CAUSAL_LM", **MLP)),
    "bert-prefix-mlp-seq-cls": ("bert-heads", task("SEQ_CLS", prefix_projection=True)),
}
GENERATED = ("llama-prefix", "gpt2-prefix", "gemma2-prefix", "t5-prefix", "bart-prefix")
ENCODER = "prompt_encoder.default."


def flat_key(name: str) -> str:
    """peft saves a copy."""
    assert name == ENCODER + "embedding.weight", name
    return "prompt_embeddings"


def encoder_key(name: str) -> str:
    assert name.startswith(ENCODER), name
    return name.removeprefix(ENCODER)


def generated(root: Path, name: str) -> dict:
    base, arguments = CASES[name]
    model = tasks.load(root, base, arguments["task_type"])
    mask = left_padding(LENGTHS, WIDTH)
    ids = padded(token_ids(f"{name}/generate", (len(LENGTHS), WIDTH), model.config.vocab_size), mask, 0)
    model = PeftModel.from_pretrained(model, root / "adapters" / name).eval()
    options = dict(input_ids=ids, attention_mask=mask, max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=None,
                   pad_token_id=0)
    return {"adapter": name, "base": base, "input_ids": ids.tolist(), "attention_mask": mask.tolist(),
            "greedy": model.generate(**options).tolist(),
            "beams": model.generate(**options, num_beams=BEAMS).tolist()}


def write(root: Path) -> None:
    adapters.write(root, adapters.Method(PrefixTuningConfig, CASES, merges=False, key=flat_key))
    encoded = adapters.Method(PrefixTuningConfig, ENCODED, merges=False, key=encoder_key)
    adapters.write(root, encoded)
    for name in ENCODED:
        model = adapters.build(root, adapters.Case(encoded, name))
        write_tensors(root / "adapters" / name / "prompt_encoder.safetensors",
                      model.prompt_encoder["default"].state_dict())
    with torch.no_grad():
        write_json(root / "golden/prefix-generation.json",
                   {"new_tokens": NEW_TOKENS, "num_beams": BEAMS, "cases": [generated(root, n) for n in GENERATED]})
