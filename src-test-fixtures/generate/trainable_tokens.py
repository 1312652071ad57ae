"""Cases of trainable tokens: see adapters.py."""

from pathlib import Path

from peft import PeftModel, TrainableTokensConfig

import adapters

CAUSAL = dict(task_type="CAUSAL_LM")

# case → base, TrainableTokensConfig arguments; without target_modules peft takes the input embedding
CASES = {
    "tokens-llama": ("llama", CAUSAL | dict(token_indices=[5, 3, 90])),
    # The output embedding follows.
    "tokens-llama-tied": ("llama-tied-scaled", CAUSAL | dict(token_indices=[2, 60], init_weights=False)),
    "tokens-gpt2": ("gpt2", CAUSAL | dict(token_indices=[7, 1, 2], target_modules=["wte"])),
    "tokens-bert-feature": ("bert", dict(task_type="FEATURE_EXTRACTION", token_indices=[4, 9, 11])),
    "tokens-t5-seq2seq": ("t5", dict(task_type="SEQ_2_SEQ_LM", token_indices=[6, 8, 10])),
    "tokens-gemma": ("gemma", CAUSAL | dict(token_indices=[4, 12])),
}


def report(model: PeftModel) -> dict:
    return {"targeted_module_names": model.targeted_module_names}


def write(root: Path) -> None:
    adapters.write(root, adapters.Method(TrainableTokensConfig, CASES, report=report))
