"""Which modules peft's LoRA selects for many spellings of target_modules and its neighbours."""

import warnings
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig

import tasks
from common import load_base, write_json
from decoders import SMALLER

# Models whose weights are not fixtures: only their module paths matter.
PATHS_ONLY = {
    "llama-12-layers": LlamaConfig(**SMALLER | dict(num_hidden_layers=12)),
    "gpt2": GPT2Config(vocab_size=96, n_embd=32, n_layer=2, n_head=4, n_positions=64,
                       bos_token_id=1, eos_token_id=2),
}
FIXTURES = ("llama", "mistral", "qwen2-window")

# Every other family: the base, and what it is opened for.
FAMILIES = {
    **{base: "CAUSAL_LM" for base in (
        "qwen3", "gemma", "gemma2", "phi3", "gpt2-scaled", "gpt-neox", "opt", "opt-projected",
    )},
    "t5": "SEQ_2_SEQ_LM",
    "t5-gated": "SEQ_2_SEQ_LM",
    "bart": "SEQ_2_SEQ_LM",
    **{f"{family}-heads": "SEQ_CLS" for family in ("bert", "roberta", "distilbert", "gpt2", "llama", "opt")},
    "bert": "FEATURE_EXTRACTION",
}
# There peft adapts pre_classifier first, which it can't save whole then.
NOT_ALL_LINEAR = ("distilbert-heads",)


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
    # defaults and the shorthand on the other families
    *(case(base, None, task_type=task) for base, task in FAMILIES.items()),
    *(case(base, "all-linear", task_type=task) for base, task in FAMILIES.items() if base not in NOT_ALL_LINEAR),
    # names that several sublayers share
    case("t5", ["SelfAttention.q", "EncDecAttention.v", "wo"], task_type="SEQ_2_SEQ_LM"),
    case("t5", r"decoder\..*\.(q|v)", task_type="SEQ_2_SEQ_LM"),
    case("t5", ["q"], layers_to_transform=[1], layers_pattern="block", task_type="SEQ_2_SEQ_LM"),
    case("bart", ["encoder_attn.k_proj", "fc1"], task_type="SEQ_2_SEQ_LM"),
    case("bart", ["self_attn.q_proj"], exclude_modules=r".*decoder.*", task_type="SEQ_2_SEQ_LM"),
    case("bert-heads", ["dense"], task_type="SEQ_CLS"),
    case("bert-heads", ["attention.output.dense", "classifier"], task_type="SEQ_CLS"),
    case("roberta-heads", ["dense", "out_proj"], task_type="SEQ_CLS"),
    case("gpt2-heads", ["c_proj", "score"], task_type="SEQ_CLS"),
    case("phi3", ["qkv_proj"], layers_to_transform=[0]),
    case("gpt-neox", ["dense", "embed_in"]),
    case("opt-projected", ["project_in", "fc2"]),
]


def model_of(root: Path, base: str, task: str = "CAUSAL_LM"):
    if base in PATHS_ONLY:
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(PATHS_ONLY[base])
    return load_base(root, base, auto=tasks.CLASSES[task])


def selection(root: Path, options: dict) -> dict:
    """What peft takes and what it saves whole by itself, or the error it raises."""
    options = dict(task_type="CAUSAL_LM") | options
    given = options.get("modules_to_save")
    model = model_of(root, options.pop("base"), options["task_type"])
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", FutureWarning)
        try:
            adapted = get_peft_model(model, LoraConfig(r=2, **options))
            result = {"targeted_module_names": adapted.targeted_module_names}
            saved = adapted.peft_config["default"].modules_to_save
            if saved != given:
                result["modules_to_save"] = saved
        except Exception as error:
            result = {"error": type(error).__name__, "message": str(error)}
    return result | {"warnings": sorted({str(warning.message) for warning in seen})}


def modules_of(model) -> list[dict]:
    return [{"path": path, "class": type(module).__name__} for path, module in model.named_modules() if path]


def write(root: Path) -> None:
    models = {name: model_of(root, name) for name in (*FIXTURES, *PATHS_ONLY)}
    models |= {name: model_of(root, name, task) for name, task in FAMILIES.items()}
    write_json(root / "golden/targets.json", {
        "models": {
            name: {"model_type": model.config.model_type, "modules": modules_of(model)}
            for name, model in models.items()
        },
        "cases": [options | selection(root, options) for options in CASES],
    })
