"""Checkpoints as older releases named their tensors; each computes what its newer twin does."""

import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM

import seq2seq
from common import load_base, normal, token_ids


def with_prefix(tensors: dict, prefix: str) -> dict:
    return {prefix + key: tensor for key, tensor in tensors.items()}


def without_prefix(tensors: dict, prefix: str) -> dict:
    """The names of the model without its head."""
    return {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}


def gamma_and_beta(tensors: dict) -> dict:
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    return {
        key.replace(new, old[new]) if (new := next((end for end in old if key.endswith(end)), None)) else key: tensor
        for key, tensor in tensors.items()
    }


def bert(tensors: dict) -> dict:
    """As the first BERT checkpoints: made for masked words and next sentences."""
    width = tensors["pooler.dense.bias"].shape[0]
    head = {
        "cls.predictions.bias": (96,), "cls.predictions.transform.dense.weight": (width, width),
        "cls.predictions.transform.dense.bias": (width,), "cls.predictions.transform.LayerNorm.weight": (width,),
        "cls.predictions.transform.LayerNorm.bias": (width,), "cls.seq_relationship.weight": (2, width),
        "cls.seq_relationship.bias": (2,),
    }
    extras = {key: normal(f"bert-legacy/{key}", shape, 0.2) for key, shape in head.items()}
    extras["bert.embeddings.position_ids"] = torch.arange(64)[None]
    return gamma_and_beta(with_prefix(tensors, "bert.") | extras)


def gpt2(tensors: dict) -> dict:
    """No prefix; each layer holds its causal mask and the score of a masked key."""
    bare = without_prefix(tensors, "transformer.")
    for layer in range(2):
        bare[f"h.{layer}.attn.bias"] = torch.ones(1, 1, 64, 64, dtype=torch.uint8).tril()
        bare[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    return bare


def neox(tensors: dict) -> dict:
    """As Pythia's: masks and frequencies are in the file."""
    layer = "gpt_neox.layers.0.attention."
    return tensors | {
        f"{layer}bias": torch.ones(1, 1, 64, 64, dtype=torch.bool).tril(),
        f"{layer}masked_bias": torch.tensor(-1e9),
        f"{layer}rotary_emb.inv_freq": torch.ones(4),
    }


def t5(tensors: dict) -> dict:
    """Copies of the embeddings, and a table of positions that reading the source never used."""
    copies = {f"{side}.embed_tokens.weight": tensors["shared.weight"].clone() for side in ("encoder", "decoder")}
    unused = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"
    return tensors | copies | {unused: normal("t5-legacy", (8, 4), 0.2)}


# legacy checkpoint → its twin, how its tensors come from the twin's, the class that opens both
CASES = {
    "bert-legacy": ("bert", bert, AutoModel),
    "bert-legacy-bare": ("bert", gamma_and_beta, AutoModel),
    "gpt2-legacy": ("gpt2", gpt2, AutoModelForCausalLM),
    "gpt-neox-legacy": ("gpt-neox-sequential", neox, AutoModelForCausalLM),
    "opt-bare": ("opt", lambda tensors: without_prefix(tensors, "model."), AutoModelForCausalLM),
    "t5-legacy": ("t5", t5, AutoModelForSeq2SeqLM),
    # As bart-base: saved without the head, and so without final_logits_bias.
    "bart-bare": ("bart", lambda tensors: without_prefix(tensors, "model."), AutoModel),
    "qwen3-bare": ("qwen3", lambda tensors: without_prefix(tensors, "model."), AutoModelForCausalLM),
}


@torch.no_grad()
def check(root: Path, name: str, twin: str, auto) -> None:
    inputs = dict(input_ids=token_ids("legacy", (1, 8), 96))
    if twin in seq2seq.CONFIGS:
        inputs["decoder_input_ids"] = inputs["input_ids"]
    old, new = (load_base(root, which, auto=auto)(**inputs)[0] for which in (name, twin))
    assert torch.equal(old, new), name


def write(root: Path) -> None:
    for name, (twin, respell, auto) in CASES.items():
        source, folder = root / "bases" / twin, root / "bases" / name
        shutil.copytree(source, folder)
        save_file(respell(load_file(source / "model.safetensors")), folder / "model.safetensors", {"format": "pt"})
        check(root, name, twin, auto)
