"""Tiny random checkpoints and what transformers computes with them."""

import json
import shutil
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, MistralConfig, Qwen2Config

from common import (
    ATTENTION, left_padding, load_base, normal, right_padding, token_ids, write_json, write_tensors,
)

SMALL = dict(
    vocab_size=128, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5,
    bos_token_id=1, eos_token_id=2, pad_token_id=0,
)
LLAMA3_ROPE = dict(
    rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32,
)
SMALLER = SMALL | dict(vocab_size=96, num_hidden_layers=1)


def rope(kind: str, factor: float) -> dict:
    return dict(rope_type=kind, rope_theta=10000.0, factor=factor)


CONFIGS = {
    "llama": LlamaConfig(**SMALL),
    "llama-tied-scaled": LlamaConfig(
        **SMALL, head_dim=16, tie_word_embeddings=True, attention_bias=True, mlp_bias=True, rope_parameters=LLAMA3_ROPE
    ),
    "llama-linear-rope": LlamaConfig(**SMALLER, rope_parameters=rope("linear", 2.0)),
    "llama-dynamic-rope": LlamaConfig(
        **SMALLER | dict(max_position_embeddings=16), rope_parameters=rope("dynamic", 2.0)
    ),
    "mistral": MistralConfig(**SMALL, sliding_window=8),
    "qwen2": Qwen2Config(**SMALL | dict(rms_norm_eps=1e-6), tie_word_embeddings=True),
    "qwen2-window": Qwen2Config(
        **SMALLER | dict(num_hidden_layers=3), use_sliding_window=True, sliding_window=8, max_window_layers=1
    ),
}
COPIES_OF_LLAMA = ("llama-sharded", "llama-bf16")
NAMES = (*CONFIGS, *COPIES_OF_LLAMA)

# Large, so that every part shows in the logits; larger still, and rounding errors show too.
WEIGHT_STD = 0.2

WIDTH = 24
LENGTHS = (24, 15)
NEW_TOKENS = 16
# A greedy choice closer than this could fall the other way under another summation order.
LEAST_MARGIN = 0.05


def randomise(model, name: str) -> None:
    """Norms near one, everything else noise; biases too."""
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            noise = normal(f"{name}/{path}", parameter.shape, WEIGHT_STD)
            parameter.copy_(1 + noise if "norm" in path else noise)


def write_checkpoints(root: Path) -> None:
    for name, config in CONFIGS.items():
        model = AutoModelForCausalLM.from_config(config, attn_implementation=ATTENTION)
        randomise(model, name)
        save(model, root, name)
    save(load_base(root, "llama"), root, "llama-sharded", max_shard_size="32KB")
    save(load_base(root, "llama").to(torch.bfloat16), root, "llama-bf16")
    write_old_spelling(root, "llama-tied-scaled")


def save(model, root: Path, name: str, **options) -> None:
    model.save_pretrained(root / "bases" / name, **options)


def write_old_spelling(root: Path, name: str) -> None:
    """config.v4.json: the same config as transformers 4 wrote it; checked to give the same logits."""
    folder = root / "bases" / name
    config = json.loads((folder / "config.json").read_text())
    scaling = config.pop("rope_parameters")
    config["rope_theta"] = scaling.pop("rope_theta")
    config["rope_scaling"] = scaling
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.45.0"
    write_json(folder / "config.v4.json", config)

    old = root / "old-spelling"
    shutil.copytree(folder, old)
    shutil.move(old / "config.v4.json", old / "config.json")
    ids = token_ids("old-spelling", (1, WIDTH), config["vocab_size"])
    with torch.no_grad():
        reread = AutoModelForCausalLM.from_pretrained(old, attn_implementation=ATTENTION).eval()
        expected = load_base(root, name)(ids).logits
        assert reread.config.rope_parameters == LLAMA3_ROPE and torch.equal(reread(ids).logits, expected)
    shutil.rmtree(old)


@torch.no_grad()
def forward(root: Path, name: str, inputs: dict, dtype="auto") -> tuple[torch.Tensor, torch.Tensor]:
    """Hidden states after the final norm, and logits, both as float32."""
    model = load_base(root, name, dtype)
    hidden = model.model(**inputs).last_hidden_state
    return hidden.float(), model(**inputs).logits.float()


def golden(root: Path, name: str) -> dict:
    config = load_base(root, name).config
    ids = token_ids(f"{name}/input", (2, WIDTH), config.vocab_size)
    positions = torch.arange(WIDTH).expand(2, WIDTH)

    mask = right_padding(LENGTHS, WIDTH)
    right = dict(input_ids=ids * mask, attention_mask=mask, position_ids=positions)
    hidden, logits = forward(root, name, right)
    tensors = right | dict(hidden_last=hidden, logits=logits)

    mask = left_padding(LENGTHS, WIDTH)
    left = dict(input_ids=ids * mask, attention_mask=mask, position_ids=positions_behind_padding(mask))
    tensors |= {f"left.{key}": value for key, value in left.items()}
    tensors["left.logits"] = forward(root, name, left)[1]

    if config.dtype == torch.bfloat16:
        tensors["float32.hidden_last"], tensors["float32.logits"] = forward(root, name, right, torch.float32)

    tensors |= greedy(root, name, "generate", [6])
    tensors |= greedy(root, name, "generate_batch", [6, 3])
    if name == "llama":
        tensors |= greedy_until_end(root, name, tensors)
    return tensors


def positions_behind_padding(mask: torch.Tensor) -> torch.Tensor:
    """As transformers' generate() counts them: the first real token is at 0, padding too."""
    return (mask.cumsum(-1) - 1).masked_fill(mask == 0, 0)


def generate(root: Path, name: str, ids, mask, eos=None):
    """Greedy decoding in float32, with transformers' default key-value cache."""
    model = load_base(root, name, torch.float32)
    model.generation_config.eos_token_id = eos
    return model.generate(
        ids, attention_mask=mask, do_sample=False, max_new_tokens=NEW_TOKENS, pad_token_id=0,
        return_dict_in_generate=True, output_logits=True,
    )


def greedy(root: Path, name: str, prefix: str, lengths) -> dict:
    """The first random prompt whose greedy choices all are clear ones."""
    width = max(lengths)
    mask = left_padding(lengths, width)
    vocab = load_base(root, name).config.vocab_size
    for attempt in range(1000):
        ids = token_ids(f"{name}/{prefix}/{attempt}", (len(lengths), width), vocab) * mask
        result = generate(root, name, ids, mask)
        logits = torch.stack(result.logits, dim=1)
        best = logits.topk(2).values
        if (best[..., 0] - best[..., 1]).min() >= LEAST_MARGIN:
            assert result.sequences.shape == (len(lengths), width + NEW_TOKENS)
            tensors = dict(input_ids=ids, attention_mask=mask, output_ids=result.sequences)
            if len(lengths) == 1:
                tensors["logits"] = logits
            return {f"{prefix}.{key}": tensor for key, tensor in tensors.items()}
    raise AssertionError(f"no clear greedy continuation for {name}")


def greedy_until_end(root: Path, name: str, tensors: dict) -> dict:
    """The batch again, ended by a token that its first row produces midway: that row is padded from there."""
    ids, mask = tensors["generate_batch.input_ids"], tensors["generate_batch.attention_mask"]
    eos = tensors["generate_batch.output_ids"][0, ids.shape[1] + NEW_TOKENS // 2].item()
    result = generate(root, name, ids, mask, eos)
    return {"generate_eos.eos_token_id": torch.tensor([eos]), "generate_eos.output_ids": result.sequences}


def write(root: Path) -> None:
    write_checkpoints(root)
    for name in NAMES:
        write_tensors(root / "golden/bases" / f"{name}.safetensors", golden(root, name))
