"""Cases of LN tuning: see adapters.py."""

from pathlib import Path

from peft import LNTuningConfig, PeftModel

import adapters

CAUSAL = dict(task_type="CAUSAL_LM")

# case → base, LNTuningConfig arguments; without target_modules peft takes the architecture's own
CASES = {
    "ln-llama": ("llama", CAUSAL),
    # Any module can be trained so.
    "ln-llama-regex": ("llama", CAUSAL | dict(
        target_modules=r"model\.(norm|embed_tokens|layers\.1\..*(_layernorm|v_proj))",
        exclude_modules=["post_attention_layernorm"], modules_to_save=["lm_head"],
    )),
    "ln-gpt2": ("gpt2", CAUSAL),
    "ln-gpt2-conv1d": ("gpt2", CAUSAL | dict(target_modules=["ln_f", "h.0.attn.c_proj"])),
    "ln-bert-seq-cls": ("bert-heads", dict(task_type="SEQ_CLS", target_modules=["LayerNorm"])),
    "ln-t5-seq2seq": ("t5", dict(task_type="SEQ_2_SEQ_LM")),
}


def report(model: PeftModel) -> dict:
    return {"targeted_module_names": model.targeted_module_names}


def write(root: Path) -> None:
    adapters.write(root, adapters.Method(LNTuningConfig, CASES, report=report))
