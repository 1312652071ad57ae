"""The cases of context-aware prompt tuning, see adapters.py, and what they generate."""

from pathlib import Path

import torch
from peft import CPTConfig, PeftModel

import adapters
import prompts
from common import token_ids, write_json, write_tensors

# Two examples: the words around the input, the input, a separator, those around the label, the label, a separator.
EXAMPLES = [1, 2, 2, 1, 0, 3, 4, 4, 3, 0, 5, 6, 6, 6, 0, 7, 8, 0]


# Balls that every step leaves; peft's 0.1 is for embeddings of 2048.
NARROW = dict(opt_projection_epsilon=2.0, opt_projection_format_epsilon=1.0)
# Balls that no step leaves.
WIDE = dict(opt_projection_epsilon=20.0, opt_projection_format_epsilon=20.0)


def task(seed: str, types: list[int], balls: dict = NARROW, **options) -> dict:
    ids = token_ids(f"cpt/{seed}", (len(types),), 90).tolist()
    return dict(task_type="CAUSAL_LM", cpt_token_ids=ids, cpt_tokens_type_mask=types, **balls, **options)


# case → base, arguments of the config
CASES = {
    "llama-cpt": ("llama", task("a", EXAMPLES, tokenizer_name_or_path="tiny")),
    # The factor says nothing without "decay", the mask never does.
    "llama-cpt-mask": ("llama", task("b", EXAMPLES, WIDE, opt_loss_decay_factor=0.5, cpt_mask=[1, 0] * 9)),
    "llama-cpt-decay": ("llama", task("a", EXAMPLES, opt_weighted_loss_type="decay", opt_loss_decay_factor=0.5)),
    "gpt2-cpt": ("gpt2", task("a", EXAMPLES)),
    # The first token is a label, which nothing predicts; examples of hardly more than labels.
    "gpt2-cpt-decay": ("gpt2", task("c", [4, 1, 8, 8, 2, 12, 16], opt_weighted_loss_type="decay",
                                    opt_loss_decay_factor=0.7)),
    # What virtual tokens replace is multiplied by √16 already.
    "gemma-cpt-decay": ("gemma", task("d", EXAMPLES, opt_weighted_loss_type="decay", opt_loss_decay_factor=0.9)),
}
GENERATED = ("llama-cpt", "gpt2-cpt", "gemma-cpt-decay")


def start(case: str, key: str, value: torch.Tensor) -> torch.Tensor:
    """Labels and separators never leave 0."""
    types = torch.tensor(CASES[case][1]["cpt_tokens_type_mask"])
    return adapters.noisy(case, key, value) * (types % 4 != 0)[:, None]


def project(model: PeftModel) -> None:
    """peft projects before each use, not after the step."""
    model.get_prompt(batch_size=1)


def write(root: Path) -> None:
    method = adapters.Method(CPTConfig, CASES, start=start, merges=False, key=prompts.encoder_key, settle=project)
    adapters.write(root, method)
    for name in CASES:
        model = adapters.build(root, adapters.Case(method, name))
        project(model)
        delta = model.prompt_encoder["default"].delta_embedding.weight
        write_tensors(root / "adapters" / name / "prompt_encoder.safetensors", {"delta_embedding.weight": delta})
    with torch.no_grad():
        write_json(root / "golden/cpt-generation.json",
                   {"new_tokens": prompts.NEW_TOKENS, "num_beams": prompts.BEAMS,
                    "cases": [prompts.generated(root, name, CASES) for name in GENERATED]})
