"""Which modules peft's LoRA selects for many spellings of target_modules and its neighbours."""

import warnings
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig

from decoders import SMALLER
from common import load_base, write_json

# Models whose weights are not fixtures: only their module paths matter.
PATHS_ONLY = {
    "llama-12-layers": LlamaConfig(**SMALLER | dict(num_hidden_layers=12)),
    "gpt2": GPT2Config(vocab_size=96, n_embd=32, n_layer=2, n_head=4, n_positions=64,
                       bos_token_id=1, eos_token_id=2),
}
FIXTURES = ("llama", "mistral", "qwen2-window")


def case(base: str, target_modules, **options) -> dict:
    return dict(base=base, target_modules=target_modules, **options)


CASES = [
    # a list entry: the whole path or its ending after a dot
    case("llama", ["q_proj", "v_proj"]),
    case("llama", ["proj"]),
    case("llama", ["_proj"]),
    case("llama", ["self_attn.q_proj"]),
    case("llama", ["attn.q_proj"]),
    case("llama", ["model.layers.1.mlp.up_proj"]),
    case("llama", ["layers.1.mlp.up_proj", "0.mlp.up_proj"]),
    case("llama", ["q_proj", "does_not_exist"]),
    case("llama", ["does_not_exist"]),
    case("llama", [".q_proj"]),
    case("llama", [".*q_proj"]),
    case("llama", ["lm_head"]),
    case("llama", ["embed_tokens"]),
    case("llama", ["mlp"]),
    case("llama", ["norm"]),
    case("llama", []),
    # a string: a regular expression over the whole path
    case("llama", "q_proj"),
    case("llama", r".*q_proj"),
    case("llama", r".*\.(q|v)_proj"),
    case("llama", r"model\.layers\.\d+\.mlp\.(gate|up)_proj"),
    case("llama", r".*layers\.(?!0).*_proj"),
    case("llama", r"q_proj|.*k_proj"),
    case("llama", r".*lm_head"),
    # the shorthand, in any case, only as a string
    case("llama", "all-linear"),
    case("llama", "ALL-LINEAR"),
    case("llama", ["all-linear"]),
    case("qwen2-window", "all-linear"),
    case("gpt2", "all-linear"),
    # the architecture's default
    case("llama", None),
    case("mistral", None),
    case("qwen2-window", None),
    case("gpt2", None),
    # exclusion
    case("llama", ["q_proj", "v_proj"], exclude_modules=["v_proj"]),
    case("llama", ["q_proj", "v_proj"], exclude_modules=["layers.0.self_attn.v_proj"]),
    case("llama", ["q_proj", "v_proj"], exclude_modules=r".*layers\.1\..*"),
    case("llama", ["q_proj", "v_proj"], exclude_modules="v_proj"),
    case("llama", ["q_proj", "v_proj"], exclude_modules=["does_not_exist"]),
    case("llama", ["q_proj"], exclude_modules=["q_proj"]),
    case("llama", "all-linear", exclude_modules=["down_proj"]),
    # layers
    case("llama-12-layers", ["q_proj"], layers_to_transform=[1]),
    case("llama-12-layers", ["q_proj"], layers_to_transform=1),
    case("llama-12-layers", ["q_proj"], layers_to_transform=[0, 11]),
    case("llama-12-layers", ["q_proj"], layers_to_transform=[]),
    case("llama-12-layers", ["q_proj"], layers_to_transform=[12]),
    case("llama-12-layers", ["q_proj"], layers_to_transform=[1], layers_pattern="layers"),
    case("llama-12-layers", ["q_proj"], layers_to_transform=[1], layers_pattern=["h", "layers"]),
    case("llama-12-layers", ["q_proj"], layers_to_transform=[1], layers_pattern="h"),
    case("llama-12-layers", ["q_proj"], layers_to_transform=[1], layers_pattern=[]),
    case("llama-12-layers", ["q_proj"], layers_pattern="layers"),
    case("llama-12-layers", ["layers.1.self_attn.q_proj"]),
    case("llama-12-layers", ["1.self_attn.q_proj"]),
    case("llama-12-layers", ["model.layers.3.self_attn.q_proj", "k_proj"], layers_to_transform=[1]),
    case("llama-12-layers", r".*q_proj", layers_to_transform=[1]),
    case("llama-12-layers", ["q_proj", "lm_head"], layers_to_transform=[1]),
    case("llama-12-layers", "all-linear", layers_to_transform=[1]),
    case("gpt2", ["c_attn"], layers_to_transform=[1], layers_pattern="h"),
    case("gpt2", ["c_proj"]),
    case("gpt2", ["attn.c_proj"]),
    # modules to save are never targets
    case("llama", ["q_proj", "lm_head"], modules_to_save=["lm_head"]),
    case("llama", ["q_proj", "up_proj"], modules_to_save=["mlp"]),
]


def model_of(root: Path, base: str):
    if base in PATHS_ONLY:
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(PATHS_ONLY[base])
    return load_base(root, base)


def selection(root: Path, options: dict) -> dict:
    """What peft takes, or the error it raises."""
    options = dict(options)
    model = model_of(root, options.pop("base"))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", FutureWarning)
        try:
            names = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", r=2, **options)).targeted_module_names
            result = {"targeted_module_names": names}
        except Exception as error:
            result = {"error": type(error).__name__, "message": str(error)}
    return result | {"warnings": sorted({str(warning.message) for warning in seen})}


def modules_of(model) -> list[dict]:
    return [{"path": path, "class": type(module).__name__} for path, module in model.named_modules() if path]


def write(root: Path) -> None:
    models = {name: model_of(root, name) for name in (*FIXTURES, *PATHS_ONLY)}
    write_json(root / "golden/targets.json", {
        "models": {
            name: {"model_type": model.config.model_type, "modules": modules_of(model)}
            for name, model in models.items()
        },
        "cases": [options | selection(root, options) for options in CASES],
    })
