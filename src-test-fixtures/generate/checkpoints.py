"""Tiny random checkpoints: how weights are drawn, saved and respelled."""

import json
import shutil
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from common import load_base, normal, token_ids, write_json

# Large, so that every part shows in the logits; larger still, and rounding errors show too.
WEIGHT_STD = 0.2
# Sums over half as many terms.
NARROW_STD = 0.3


def randomise(model, name: str, std: float = WEIGHT_STD) -> None:
    """The factors of norms near one, everything else noise; biases too."""
    factors = {f"{path}.weight" for path, module in model.named_modules() if scales_by_weight(module)}
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            noise = normal(f"{name}/{path}", parameter.shape, std)
            parameter.copy_(1 + noise if path in factors else noise)


def scales_by_weight(module) -> bool:
    """Gemma's norms scale by 1 + weight."""
    kind = type(module).__name__
    return kind.endswith("Norm") and not kind.startswith("Gemma")


def save(model, root: Path, name: str, **options) -> None:
    model.save_pretrained(root / "bases" / name, **options)


def write_old_spelling(root: Path, name: str, respell, auto=AutoModelForCausalLM) -> None:
    """config.v4.json: the same config as transformers 4 wrote it; checked to give the same logits."""
    folder = root / "bases" / name
    config = json.loads((folder / "config.json").read_text())
    respell(config)
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.45.0"
    write_json(folder / "config.v4.json", config)

    old = root / "bases" / "old-spelling"
    shutil.copytree(folder, old)
    shutil.move(old / "config.v4.json", old / "config.json")
    inputs = dict(input_ids=token_ids("old-spelling", (1, 24), config["vocab_size"]))
    if config.get("is_encoder_decoder"):
        inputs["decoder_input_ids"] = inputs["input_ids"]
    with torch.no_grad():
        new, reread = (load_base(root, which, auto=auto)(**inputs).logits for which in (name, old.name))
        assert torch.equal(reread, new), name
    shutil.rmtree(old)
