"""Tiny random encoders and what transformers computes with them."""

from pathlib import Path

import torch
from transformers import AutoModel, BertConfig, DistilBertConfig, RobertaConfig

from checkpoints import NARROW_STD, randomise, save
from common import ATTENTION, left_padding, load_base, padded, right_padding, token_ids, write_tensors

NARROW = dict(
    vocab_size=96, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
)
CONFIGS = {
    "bert": BertConfig(**NARROW, max_position_embeddings=64, pad_token_id=0),
    # Positions start behind the padding's.
    "roberta": RobertaConfig(
        **NARROW, max_position_embeddings=66, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        layer_norm_eps=1e-5,
    ),
    "distilbert": DistilBertConfig(
        vocab_size=96, dim=16, hidden_dim=32, n_layers=2, n_heads=4, max_position_embeddings=64, pad_token_id=0,
    ),
}
WIDTH = 16
LENGTHS = (16, 9)
SECOND_SEGMENT = (6, 4)


def write_checkpoints(root: Path) -> None:
    """Without a head: names have no prefix."""
    for name, config in CONFIGS.items():
        model = AutoModel.from_config(config, attn_implementation=ATTENTION)
        randomise(model, name, NARROW_STD)
        save(model, root, name)


@torch.no_grad()
def forward(root: Path, name: str, inputs: dict) -> dict:
    output = load_base(root, name, auto=AutoModel)(**inputs)
    tensors = inputs | {"hidden_last": output.last_hidden_state}
    if "pooler_output" in output:
        tensors["pooled"] = output.pooler_output
    return tensors


def golden(root: Path, name: str) -> dict:
    ids = token_ids(f"{name}/input", (2, WIDTH), CONFIGS[name].vocab_size)
    right, left = right_padding(LENGTHS, WIDTH), left_padding(LENGTHS, WIDTH)
    segments = torch.ones_like(ids) * ~right_padding(SECOND_SEGMENT, WIDTH).bool()
    cases = {"": {}, "left.": {}}
    if name == "bert":
        cases |= {"typed.": dict(token_type_ids=segments * right), "left.typed.": dict(token_type_ids=segments * left)}
    tensors = {}
    for prefix, more in cases.items():
        mask = left if prefix.startswith("left.") else right
        inputs = dict(input_ids=padded(ids, mask, CONFIGS[name].pad_token_id), attention_mask=mask, **more)
        tensors |= {f"{prefix}{key}": tensor for key, tensor in forward(root, name, inputs).items()}
    return tensors


def write(root: Path) -> None:
    write_checkpoints(root)
    for name in CONFIGS:
        write_tensors(root / "golden/bases" / f"{name}.safetensors", golden(root, name))
