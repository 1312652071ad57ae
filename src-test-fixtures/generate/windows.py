"""Virtual tokens and prefixes before a row by itself, on bases whose windows are shorter than both."""

from pathlib import Path

import torch
from peft import PrefixTuningConfig, PromptTuningConfig, get_peft_model

from common import load_base, normal, token_ids, write_json, write_tensors

BASES = ("mistral", "gemma2", "qwen2-window", "qwen3-window", "phi3")
METHODS = {"prompt": PromptTuningConfig, "prefix": PrefixTuningConfig}
VIRTUAL, LENGTH, NEW_TOKENS = 5, 9, 8
# A greedy choice closer than this could fall the other way under another summation order.
LEAST_MARGIN = 0.01


def case(root: Path, base: str, method: str) -> tuple[dict, list]:
    name = f"{base}/{method}"
    model = get_peft_model(load_base(root, base), METHODS[method](task_type="CAUSAL_LM", num_virtual_tokens=VIRTUAL))
    model.eval()
    (parameter,) = (p for p in model.parameters() if p.requires_grad)
    parameter.copy_(normal(f"windows/{name}", parameter.shape, 1))
    ids = token_ids(f"windows/{name}/ids", (1, LENGTH), model.config.vocab_size)
    mask = torch.ones_like(ids)
    logits = model(input_ids=ids, attention_mask=mask).logits[:, -LENGTH:]
    written = model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=NEW_TOKENS, do_sample=False,
                             eos_token_id=None, pad_token_id=0, output_scores=True, return_dict_in_generate=True)
    top = torch.stack(written.scores)[:, 0].topk(2).values
    assert (top[:, 0] - top[:, 1]).min() > LEAST_MARGIN, name
    tensors = {f"{name}.virtual": parameter.detach(), f"{name}.input_ids": ids, f"{name}.logits": logits}
    return tensors, written.sequences[0, -NEW_TOKENS:].tolist()


@torch.no_grad()
def write(root: Path) -> None:
    tensors, generated = {}, {}
    for base in BASES:
        for method in METHODS:
            own, generated[f"{base}/{method}"] = case(root, base, method)
            tensors |= own
    write_tensors(root / "golden/windows.safetensors", tensors)
    write_json(root / "golden/windows.json", {"virtual_tokens": VIRTUAL, "generated": generated})
