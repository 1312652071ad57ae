"""IA3's cases: see adapters.py."""

from pathlib import Path

from peft import IA3Config, PeftModel
from peft.tuners.ia3 import IA3Layer

import adapters

CAUSAL = dict(task_type="CAUSAL_LM")

# case → base, IA3Config arguments; without target_modules peft takes the architecture's own
CASES = {
    "ia3-llama": ("llama", CAUSAL),
    "ia3-llama-regex": ("llama", CAUSAL | dict(
        target_modules=r".*\.(q_proj|up_proj|down_proj)", feedforward_modules=r".*\.down_proj",
        exclude_modules=["layers.0.self_attn.q_proj"], modules_to_save=["model.norm"], init_ia3_weights=False,
    )),
    "ia3-llama-bf16": ("llama-bf16", CAUSAL),
    # Linears with biases.
    "ia3-qwen2": ("qwen2", CAUSAL | dict(
        target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"],
    )),
    # Fused, and weights stored as [in, out].
    "ia3-gpt2": ("gpt2", CAUSAL),
    "ia3-bert-seq-cls": ("bert-heads", dict(task_type="SEQ_CLS")),
    "ia3-t5-seq2seq": ("t5", dict(task_type="SEQ_2_SEQ_LM")),
}


def report(model: PeftModel) -> dict:
    layers = {path: module for path, module in model.base_model.model.named_modules() if isinstance(module, IA3Layer)}
    return {
        "targeted_module_names": model.targeted_module_names,
        "feedforward": [path for path, layer in layers.items() if layer.is_feedforward],
    }


def write(root: Path) -> None:
    adapters.write(root, adapters.Method(IA3Config, CASES, report=report))
