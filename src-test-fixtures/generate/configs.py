"""What transformers makes of a config: other fields on the tiny checkpoints, and weights in several dtypes."""

import json
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM, LlamaConfig, LlamaForCausalLM

from common import attention, token_ids, write_json

LINEAR = dict(rope_type="linear", rope_theta=10000.0, factor=0.5)
ACTIVATIONS = (
    "gelu", "gelu_10", "gelu_fast", "gelu_new", "gelu_python", "gelu_pytorch_tanh", "gelu_python_tanh",
    "gelu_accurate", "hardswish", "laplace", "leaky_relu", "linear", "mish", "quick_gelu", "relu", "relu2", "relu6",
    "sigmoid", "silu", "sqrtsoftplus", "swish", "tanh",
)
# The base, and the fields that replace its own.
CASES = [("gpt2", dict(activation_function=name)) for name in ACTIVATIONS] + [
    ("gemma", dict(hidden_act="mish")),
    ("phi3", dict(hidden_act="relu2")),
    ("bert", dict(hidden_act="gelu_10")),
    ("bart", dict(activation_function="laplace")),
    ("distilbert", dict(activation="relu6")),
    ("t5", dict(dense_act_fn="gelu_new")),
    ("t5", dict(dense_act_fn="gelu", feed_forward_proj="silu")),
    ("t5", dict(dense_act_fn="relu", feed_forward_proj="gated-gelu", is_gated_act=False)),
    ("t5", dict(feed_forward_proj="gated-silu", is_gated_act=None, dense_act_fn="mish")),
    ("t5-gated", dict(dense_act_fn="gelu")),
    ("t5-gated", dict(dense_act_fn="relu", feed_forward_proj="relu", is_gated_act=True)),
    ("t5-gated", dict(model_type="mt5", feed_forward_proj="gated-gelu", dense_act_fn="silu")),
    ("llama", dict(rms_norm_eps=0.0)),
    ("bert", dict(layer_norm_eps=0.0)),
    ("gpt2", dict(layer_norm_epsilon=0.0)),
    ("t5", dict(layer_norm_epsilon=0.0)),
    ("llama", dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    ("llama", dict(partial_rotary_factor=0.25)),
    ("llama", dict(rope_parameters=LINEAR)),
    ("gpt-neox", dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.2))),
    ("gpt-neox", dict(rope_parameters=dict(LINEAR, partial_rotary_factor=0.32))),
    ("gpt-neox", dict(rope_parameters=dict(rope_type="default", rope_theta=100.0, partial_rotary_factor=0.07))),
    ("gpt-neox", dict(rope_parameters=dict(rope_type="default", rope_theta=100.0, partial_rotary_factor=1.0))),
    ("gpt-neox", dict(rope_parameters=None, rotary_pct=0.7, rotary_emb_base=500)),
    ("phi3", dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.4))),
    ("opt", dict(layer_norm_elementwise_affine=False)),
    ("opt", dict(layer_norm_elementwise_affine=False, do_layer_norm_before=False)),
    ("opt", dict(_remove_final_layer_norm=True)),
    ("gpt2", dict(scale_attn_weights=False, scale_attn_by_inverse_layer_idx=True)),
]
# config fields, the dtype of all weights, and those of some.
DTYPES = {
    "none": ({}, "float32", {}),
    "none-bfloat16": ({}, "bfloat16", {}),
    "none-float64": ({}, "float64", {}),
    "none-first-bfloat16": ({}, "float32", {"lm_head.weight": "bfloat16"}),
    "none-second-bfloat16": ({}, "float32", {"model.embed_tokens.weight": "bfloat16"}),
    "none-first-integer": ({}, "bfloat16", {"lm_head.weight": "int32"}),
    "null": (dict(dtype=None, torch_dtype=None), "bfloat16", {}),
    "narrower": (dict(dtype="bfloat16"), "float32", {}),
    "wider": (dict(dtype="float32"), "bfloat16", {}),
    "wider-float16": (dict(dtype="float32"), "float16", {}),
    "bfloat16-of-float16": (dict(torch_dtype="bfloat16"), "float16", {}),
    "earlier-name": (dict(torch_dtype="bfloat16"), "float32", {}),
    "both-names": (dict(torch_dtype="bfloat16", dtype="float32"), "float32", {}),
    "mixed": (
        dict(dtype="float32"), "float32",
        {"model.embed_tokens.weight": "float16", "model.norm.weight": "bfloat16", "lm_head.weight": "float64"},
    ),
    "integers": (
        dict(dtype="float32"), "float32",
        {"model.embed_tokens.weight": "int64", "model.norm.weight": "uint8", "lm_head.weight": "int32"},
    ),
    "integers-bfloat16": (dict(dtype="bfloat16"), "float32", {"model.layers.0.mlp.up_proj.weight": "int32"}),
}


def model_class(name: str):
    if name.startswith(("t5", "bart")):
        return AutoModelForSeq2SeqLM
    return AutoModel if name in ("bert", "distilbert") else AutoModelForCausalLM


def numbers(folder: Path, auto, ids) -> tuple:
    model_type = json.loads((folder / "config.json").read_text())["model_type"]
    model = auto.from_pretrained(folder, attn_implementation=attention(model_type)).eval()
    seq2seq = auto is AutoModelForSeq2SeqLM
    with torch.no_grad():
        out = model(input_ids=ids, **(dict(decoder_input_ids=ids[:, :3]) if seq2seq else {}))
    values = out[0]
    return values[0, -1, :24].float().tolist(), str(model.dtype).split(".")[1]


def changed(root: Path, number: int, base: str, fields: dict) -> dict:
    source = root / "bases" / base
    ids = token_ids(f"configs-{number}", (1, 7), 90)
    config = json.loads((source / "config.json").read_text()) | fields
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        for file in source.glob("model*"):
            (target / file.name).symlink_to(file)
        (target / "config.json").write_text(json.dumps(config))
        values, _ = numbers(target, model_class(base), ids)
    return dict(base=base, fields=fields, ids=ids[0].tolist(), last=values)


def write_dtypes(root: Path) -> dict:
    config = LlamaConfig(
        vocab_size=16, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, initializer_range=0.5,
    )
    cases = {}
    for name, (fields, all_dtype, some) in DTYPES.items():
        torch.manual_seed(7)
        folder = root / "dtypes" / name
        LlamaForCausalLM(config).save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        stored = json.loads((folder / "config.json").read_text())
        stored.pop("dtype", None)
        (folder / "config.json").write_text(json.dumps(stored | fields, indent=2) + "\n")
        weights = load_file(folder / "model.safetensors")
        for key, value in weights.items():
            dtype = getattr(torch, some.get(key, all_dtype))
            scaled = value if dtype.is_floating_point else (value * 4).abs().round()
            weights[key] = scaled.to(dtype)
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        ids = token_ids("configs-dtypes", (1, 5), 16)
        values, dtype = numbers(folder, AutoModelForCausalLM, ids)
        cases[name] = dict(dtype=dtype, ids=ids[0].tolist(), last=values)
    return cases


def write(root: Path) -> None:
    cases = [changed(root, number, base, fields) for number, (base, fields) in enumerate(CASES)]
    write_json(root / "golden/configs.json", dict(fields=cases, dtypes=write_dtypes(root)))
