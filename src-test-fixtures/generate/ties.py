"""
Checkpoints whose config ties the head to the embeddings while the file says otherwise: transformers 5 believes the file.
"""

import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

from common import load_base, normal, token_ids, write_tensors

# checkpoint → the tied one that it is made from, its table, the class that opens both
OWN_HEAD = {
    "gpt2-own-head": ("gpt2", "transformer.wte.weight", AutoModelForCausalLM),
    "qwen3-own-head": ("qwen3", "model.embed_tokens.weight", AutoModelForCausalLM),
    "bart-own-head": ("bart", "model.shared.weight", AutoModelForSeq2SeqLM),
}
HEAD_ONLY = {
    "qwen3-head-only": ("qwen3", "model.embed_tokens.weight", AutoModelForCausalLM),
    "bart-head-only": ("bart", "model.shared.weight", AutoModelForSeq2SeqLM),
}


def respell(root: Path, name: str, twin: str, change) -> None:
    source, folder = root / "bases" / twin, root / "bases" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    tensors = load_file(source / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def inputs_of(twin: str) -> dict:
    ids = token_ids("ties", (1, 8), 96)
    inputs = dict(input_ids=ids, attention_mask=torch.ones_like(ids))
    if twin != "bart":
        return inputs
    return inputs | dict(decoder_input_ids=ids.flip(1), decoder_attention_mask=inputs["attention_mask"])


@torch.no_grad()
def logits(root: Path, name: str, auto, inputs: dict) -> torch.Tensor:
    model = load_base(root, name, auto=auto)
    assert model.config.tie_word_embeddings
    return model(**inputs).logits


def write(root: Path) -> None:
    for name, (twin, table, auto) in OWN_HEAD.items():
        def add_head(tensors: dict) -> None:
            tensors["lm_head.weight"] = normal(name, tensors[table].shape, 0.2)

        respell(root, name, twin, add_head)
        inputs = inputs_of(twin)
        own = logits(root, name, auto, inputs)
        assert not torch.allclose(own, logits(root, twin, auto, inputs), atol=0.1), name
        write_tensors(root / "golden/bases" / f"{name}.safetensors", inputs | dict(logits=own))
    for name, (twin, table, auto) in HEAD_ONLY.items():
        def move_table(tensors: dict) -> None:
            tensors["lm_head.weight"] = tensors.pop(table)

        respell(root, name, twin, move_table)
        inputs = inputs_of(twin)
        assert torch.equal(logits(root, name, auto, inputs), logits(root, twin, auto, inputs)), name
