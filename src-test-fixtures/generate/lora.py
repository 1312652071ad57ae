"""LoRA's cases: see adapters.py."""

from pathlib import Path

import torch
from peft import LoraConfig, PeftModel
from peft.tuners.lora import LoraLayer

import adapters
from common import normal

CAUSAL = dict(task_type="CAUSAL_LM", r=4, lora_alpha=8, lora_dropout=0.0)
QV = dict(target_modules=["q_proj", "v_proj"])


def task(name: str, **options) -> dict:
    """Without target_modules: peft takes the architecture's own, where it knows it."""
    return dict(task_type=name, r=4, lora_alpha=8, lora_dropout=0.0, **options)



# case → base, LoraConfig arguments
CASES = {
    "llama-plain": ("llama", CAUSAL | QV),
    "llama-all-linear": ("llama", CAUSAL | dict(target_modules="all-linear", use_rslora=True)),
    # The first match wins, and peft saves keys sorted: overlapping patterns must be in sorted order to survive.
    "llama-patterns": ("llama", CAUSAL | dict(
        target_modules=["q_proj", "v_proj", "down_proj"],
        rank_pattern={r"layers\.0\.self_attn\.[qv]_proj": 2, "v_proj": 8},
        alpha_pattern={r"model\.layers\.1\..*": 3, "q_proj": 16},
    )),
    # Without a task type peft writes auto_mapping.
    "llama-layers": ("llama", CAUSAL | QV | dict(task_type=None, layers_to_transform=[1], layers_pattern="layers")),
    "llama-regex": ("llama", CAUSAL | dict(
        target_modules=r".*\.(q_proj|o_proj|up_proj|down_proj)", exclude_modules=r"model\.layers\.0\.mlp\..*",
    )),
    "llama-default-targets": ("llama", CAUSAL),
    "llama-bf16-plain": ("llama-bf16", CAUSAL | QV),
    "llama-sharded-rslora-patterns": ("llama-sharded", CAUSAL | QV | dict(
        use_rslora=True, rank_pattern={"v_proj": 6}, alpha_pattern={"v_proj": 12},
    )),
    "mistral-plain": ("mistral", CAUSAL | QV),
    "mistral-modules-to-save": ("mistral", CAUSAL | QV | dict(modules_to_save=["lm_head", "embed_tokens"])),
    "qwen2-plain": ("qwen2", CAUSAL | QV),
    "qwen2-bias-lora-only": ("qwen2", CAUSAL | QV | dict(bias="lora_only")),
    "qwen2-bias-all": ("qwen2", CAUSAL | QV | dict(bias="all")),
    "tied-modules-to-save": ("llama-tied-scaled", CAUSAL | QV | dict(modules_to_save=["embed_tokens"])),
    "tied-modules-to-save-ensured": ("llama-tied-scaled", CAUSAL | QV | dict(
        modules_to_save=["embed_tokens"], ensure_weight_tying=True,
    )),
    "tied-all-linear": ("llama-tied-scaled", CAUSAL | dict(target_modules="all-linear")),
    # peft saves the frozen weights of the embeddings it targets along with the adapter.
    "llama-embeddings": ("llama", CAUSAL | dict(target_modules=["embed_tokens", "lm_head", "q_proj"])),
    **{f"{base}-default-targets": (base, CAUSAL) for base in ("gpt2", "gpt-neox", "opt", "qwen3", "gemma", "gemma2")},
    # peft knows no targets for these two.
    "phi3-fused": ("phi3", CAUSAL | dict(target_modules=["qkv_proj", "gate_up_proj"])),
    "distilbert-seq-cls": ("distilbert-heads", task("SEQ_CLS", target_modules=["q_lin", "v_lin"])),
    "gpt2-all-linear": ("gpt2", CAUSAL | dict(target_modules="all-linear")),
    "bert-seq-cls": ("bert-heads", task("SEQ_CLS")),
    "bert-seq-cls-all-linear": ("bert-heads", task("SEQ_CLS", target_modules="all-linear")),
    # The head exists in the adapter only.
    "bert-seq-cls-fresh": ("bert", task("SEQ_CLS")),
    "bert-regression": ("bert-regression", task("SEQ_CLS")),
    "roberta-seq-cls": ("roberta-heads", task("SEQ_CLS")),
    "gpt2-seq-cls": ("gpt2-heads", task("SEQ_CLS")),
    "llama-seq-cls": ("llama-heads", task("SEQ_CLS")),
    "bert-token-cls": ("bert-heads", task("TOKEN_CLS")),
    "bert-question-ans": ("bert-heads", task("QUESTION_ANS")),
    # The softmax runs over padding too, which a decoder sees and counts in its own way.
    "llama-question-ans": ("llama-question-ans", task("QUESTION_ANS")),
    "gpt2-question-ans": ("gpt2-heads", task("QUESTION_ANS")),
    "t5-seq2seq": ("t5", task("SEQ_2_SEQ_LM")),
    "bart-seq2seq": ("bart", task("SEQ_2_SEQ_LM")),
    "bert-feature": ("bert", task("FEATURE_EXTRACTION")),
    "llama-tokens": ("llama", CAUSAL | QV | dict(trainable_token_indices=[5, 3, 90])),
    "llama-tokens-by-name": ("llama", CAUSAL | QV | dict(
        trainable_token_indices={"embed_tokens": [5, 3], "lm_head": [8]},
    )),
    # The output embedding follows.
    "tied-tokens": ("llama-tied-scaled", CAUSAL | QV | dict(trainable_token_indices={"embed_tokens": [2, 60]})),
    "tied-lora-bias": ("llama-tied-scaled", CAUSAL | dict(target_modules=["q_proj", "up_proj"], lora_bias=True)),
}
SCHEDULED = ("llama-plain", "qwen2-bias-all")


def start(case: str, key: str, value: torch.Tensor) -> torch.Tensor:
    """lora_B starts at 0, biases and saved modules at the base's values."""
    if "lora_A" in key:
        return normal(f"{case}/{key}", value.shape, 0.2)
    return value + normal(f"{case}/{key}", value.shape, 0.1)


def report(model: PeftModel) -> dict:
    layers = {path: module for path, module in model.base_model.model.named_modules() if isinstance(module, LoraLayer)}
    return {
        "targeted_module_names": model.targeted_module_names,
        "modules": {
            path: {"r": layer.r["default"], "lora_alpha": layer.lora_alpha["default"],
                   "scaling": layer.scaling["default"]}
            for path, layer in layers.items()
        },
    }


def write(root: Path) -> None:
    adapters.write(root, adapters.Method(LoraConfig, CASES, start, report, SCHEDULED))
