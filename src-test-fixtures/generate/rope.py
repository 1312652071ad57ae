"""Frequencies of rotary embeddings as transformers computes them, for every kind of scaling."""

from pathlib import Path

import torch
from transformers import LlamaConfig, Phi3Config
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from common import write_json

HEAD = 16
SIZES = dict(hidden_size=2 * HEAD, num_attention_heads=2, max_position_embeddings=64)
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=16)
LONG = dict(
    rope_type="longrope", rope_theta=10000.0, short_factor=[1.0 + i / 8 for i in range(8)],
    long_factor=[2.0 + i for i in range(8)],
)
LLAMA = {
    "linear": dict(rope_type="linear", rope_theta=500000.0, factor=2.5),
    "dynamic": dict(rope_type="dynamic", rope_theta=10000.0, factor=2.0),
    "llama3": dict(
        rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=32,
    ),
    "yarn": YARN,
    "yarn-betas": YARN | dict(beta_fast=4.0, beta_slow=0.5, truncate=False),
    "yarn-mscale": YARN | dict(mscale=0.707, mscale_all_dim=1.2),
    "yarn-attention-factor": YARN | dict(attention_factor=0.9, rope_theta=1000000.0),
    "yarn-from-lengths": YARN | dict(factor=None),
    "longrope": LONG | dict(factor=4.0, original_max_position_embeddings=16),
}
PHI3 = {
    "phi3-longrope": LONG,
    "phi3-partial": LONG | dict(
        partial_rotary_factor=0.5, short_factor=[1.0, 1.5, 2.0, 2.5], long_factor=[3.0, 4.0, 5.0, 6.0]
    ),
    "phi3-attention-factor": LONG | dict(attention_factor=1.25),
}
# Within pretraining, and beyond it in one step and another.
LENGTHS = (8, 40, 100)


KEPT = (
    "model_type", "hidden_size", "num_attention_heads", "max_position_embeddings", "head_dim",
    "original_max_position_embeddings",
)


def case(config) -> dict:
    compute = ROPE_INIT_FUNCTIONS[config.rope_parameters["rope_type"]]
    by_length = {str(length): compute(config, torch.device("cpu"), seq_len=length) for length in LENGTHS}
    return dict(
        config=fields(config),
        attention_factor=by_length[str(LENGTHS[0])][1],
        frequencies={length: values.tolist() for length, (values, _) in by_length.items()},
    )


def fields(config) -> dict:
    """What says how to rotate; null counts as absent."""
    given = {key: getattr(config, key, None) for key in KEPT}
    given["rope_parameters"] = {key: value for key, value in config.rope_parameters.items() if value is not None}
    return {key: value for key, value in given.items() if value is not None}


def write(root: Path) -> None:
    cases = {name: case(LlamaConfig(**SIZES, rope_parameters=dict(rope))) for name, rope in LLAMA.items()}
    cases |= {
        name: case(Phi3Config(**SIZES, original_max_position_embeddings=16, rope_parameters=dict(rope)))
        for name, rope in PHI3.items()
    }
    write_json(root / "golden/rope.json", cases)
