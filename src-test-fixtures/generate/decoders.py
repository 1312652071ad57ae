"""Tiny random causal decoders and what transformers computes with them."""

from pathlib import Path

import torch
from transformers import (
    AutoModelForCausalLM, Gemma2Config, GemmaConfig, GPT2Config, GPTNeoXConfig, LlamaConfig, MistralConfig, OPTConfig,
    Phi3Config, Qwen2Config, Qwen3Config,
)

from checkpoints import NARROW_STD, WEIGHT_STD, randomise, save, write_old_spelling
from common import attention, left_padding, load_base, right_padding, token_ids, write_tensors

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

# The families beside llama, mistral and qwen2 are half as wide.
SPECIAL = dict(vocab_size=96, bos_token_id=1, eos_token_id=2, pad_token_id=0)
NARROW = SPECIAL | dict(
    hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=64,
)
GROUPED = NARROW | dict(num_key_value_heads=2)
GPT2 = SPECIAL | dict(n_embd=16, n_layer=2, n_head=4, n_positions=64)
OPT = SPECIAL | dict(hidden_size=16, ffn_dim=32, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=64)
# Heads of 16, of which a quarter is rotated.
NEOX = NARROW | dict(hidden_size=32, num_attention_heads=2)
LONG_ROPE = dict(
    rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.1, 1.2, 1.3], long_factor=[1.5, 2.0, 3.0, 5.0],
)


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
    "qwen3": Qwen3Config(**GROUPED, head_dim=8, tie_word_embeddings=True),
    "qwen3-window": Qwen3Config(
        **GROUPED, head_dim=8, attention_bias=True, use_sliding_window=True, sliding_window=8, max_window_layers=1
    ),
    "gemma": GemmaConfig(**GROUPED | dict(num_key_value_heads=1), head_dim=8),
    # Caps low enough to bend the scores and logits of so small a model.
    "gemma2": Gemma2Config(
        **GROUPED, head_dim=8, query_pre_attn_scalar=24, sliding_window=8,
        attn_logit_softcapping=1.5, final_logit_softcapping=4.0,
    ),
    "phi3": Phi3Config(
        **GROUPED | dict(num_attention_heads=2, num_key_value_heads=1), sliding_window=8,
        rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5),
    ),
    "phi3-longrope": Phi3Config(
        **GROUPED | dict(num_attention_heads=2), original_max_position_embeddings=16, rope_parameters=LONG_ROPE,
    ),
    "gpt2": GPT2Config(**GPT2),
    "gpt2-scaled": GPT2Config(
        **GPT2, n_inner=24, scale_attn_by_inverse_layer_idx=True, activation_function="relu", tie_word_embeddings=False
    ),
    "gpt-neox": GPTNeoXConfig(**NEOX, attention_bias=True),
    "gpt-neox-sequential": GPTNeoXConfig(
        **NEOX | dict(num_hidden_layers=1), use_parallel_residual=False, attention_bias=False, hidden_act="gelu_new",
        rope_parameters=dict(rope_type="default", rope_theta=5000.0, partial_rotary_factor=0.5),
    ),
    "opt": OPTConfig(**OPT),
    # As opt-350m: norms behind the blocks, none at the end, embeddings narrower than the model.
    "opt-projected": OPTConfig(**OPT, do_layer_norm_before=False, word_embed_proj_dim=8),
}
COPIES_OF_LLAMA = ("llama-sharded", "llama-bf16")
NAMES = (*CONFIGS, *COPIES_OF_LLAMA)


def scaling_apart(config: dict) -> None:
    scaling = config.pop("rope_parameters")
    config["rope_theta"] = scaling.pop("rope_theta")
    config["rope_scaling"] = scaling


def theta_apart(config: dict) -> None:
    """No scaling; transformers 4 worked out for itself which layers slide."""
    config["rope_theta"] = config.pop("rope_parameters")["rope_theta"]
    config.pop("layer_types", None)


def gemma(config: dict) -> None:
    """hidden_act said gelu, and was overruled."""
    theta_apart(config)
    config |= {"hidden_act": "gelu", "hidden_activation": "gelu_pytorch_tanh"}


def phi3(config: dict) -> None:
    rope_parameters = config.pop("rope_parameters")
    config["rope_theta"] = rope_parameters.pop("rope_theta")
    config["partial_rotary_factor"] = rope_parameters.pop("partial_rotary_factor")
    kind = rope_parameters.pop("rope_type")
    rope_parameters.pop("original_max_position_embeddings", None)
    config["rope_scaling"] = None if kind == "default" else {"type": kind} | rope_parameters


def neox(config: dict) -> None:
    rope_parameters = config.pop("rope_parameters")
    config["rotary_emb_base"] = rope_parameters["rope_theta"]
    config["rotary_pct"] = rope_parameters["partial_rotary_factor"]


OLD_SPELLINGS = {
    "llama-tied-scaled": scaling_apart, "qwen3-window": theta_apart, "gemma": gemma, "gemma2": theta_apart,
    "phi3": phi3, "phi3-longrope": phi3, "gpt-neox": neox, "gpt-neox-sequential": neox,
}

WIDTH = 24
LENGTHS = (24, 15)
NEW_TOKENS = 16
# A greedy choice closer than this could fall the other way under another summation order.
LEAST_MARGIN = 0.05


def write_checkpoints(root: Path) -> None:
    for name, config in CONFIGS.items():
        model = AutoModelForCausalLM.from_config(config, attn_implementation=attention(config.model_type))
        randomise(model, name, NARROW_STD if config.hidden_size == NARROW["hidden_size"] else WEIGHT_STD)
        save(model, root, name)
    save(load_base(root, "llama"), root, "llama-sharded", max_shard_size="32KB")
    save(load_base(root, "llama").to(torch.bfloat16), root, "llama-bf16")
    for name, respell in OLD_SPELLINGS.items():
        write_old_spelling(root, name, respell)


@torch.no_grad()
def forward(root: Path, name: str, inputs: dict, dtype="auto") -> tuple[torch.Tensor, torch.Tensor]:
    """Hidden states after the final norm, and logits, both as float32."""
    model = load_base(root, name, dtype)
    hidden = model.base_model(**inputs).last_hidden_state
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
