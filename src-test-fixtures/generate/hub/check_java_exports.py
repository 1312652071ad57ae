"""Holds the adapters library to what Java wrote in its format: see ../README.md."""

import json
import sys
import tempfile
from pathlib import Path

import adapters  # the library; ../adapters.py has the same name, so the folder above comes last
import torch
from adapters.composition import Fuse
from safetensors.torch import load_file

import bottleneck  # sets the path for the next two
import common
import tasks

common.ATTENTION = "eager"  # see unions.py
TASKS = {"ForCausalLM": "CAUSAL_LM", "LMHeadModel": "CAUSAL_LM", "ForSequenceClassification": "SEQ_CLS",
         "ForConditionalGeneration": "SEQ_2_SEQ_LM"}


def read(file: Path) -> dict:
    return json.loads(file.read_text())


def load(model, folder: Path) -> str:
    """An adapter by its own name; a fusion with its members, which lie beside it."""
    fusion = folder / "adapter_fusion_config.json"
    if not fusion.exists():
        name = model.load_adapter(str(folder), use_safetensors=True)
        model.set_active_adapters(name)
        return name
    names = read(fusion)["adapter_names"]
    for name in names:
        assert model.load_adapter(str(folder.parent / name), with_head=False, use_safetensors=True) == name
    model.load_adapter_fusion(str(folder), use_safetensors=True, with_head=True)
    model.active_adapters = Fuse(*names)
    return ",".join(names)


def resaved(model, name: str, fusion: bool) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        if fusion:
            model.save_adapter_fusion(folder, name, use_safetensors=True)
            return load_file(Path(folder) / "model_adapter_fusion.safetensors")
        model.save_adapter(folder, name, use_safetensors=True)
        return load_file(Path(folder) / "adapter.safetensors")


def check(folder: Path) -> str | None:
    """What is wrong, if anything."""
    hub = folder / "hub"
    fusion = (hub / "adapter_fusion_config.json").exists()
    config = read(hub / ("adapter_fusion_config.json" if fusion else "adapter_config.json"))
    task = next(task for ending, task in TASKS.items() if config["model_class"].endswith(ending))
    model = bottleneck.load(common.RESOURCES, config["model_name"], task)
    name = load(model, hub)
    model.eval()
    written = load_file(hub / ("model_adapter_fusion.safetensors" if fusion else "adapter.safetensors"))
    again = resaved(model, name, fusion)
    if written.keys() != again.keys():
        return f"tensors differ: {sorted(written.keys() ^ again.keys())[:4]}"
    if not all(torch.equal(tensor, again[key]) for key, tensor in written.items()):
        return "tensors do not survive"
    golden = load_file(folder / "golden.safetensors")
    inputs = {key: tensor for key, tensor in golden.items() if not key.startswith("logits")}
    with torch.no_grad():
        logits = tasks.outputs(model, inputs)["logits"]
    real = golden["decoder_attention_mask" if task == "SEQ_2_SEQ_LM" else "attention_mask"].bool()
    difference = (logits - golden["logits"]).abs()
    worst = (difference if task == "SEQ_CLS" else difference[real]).max().item()
    return None if worst <= 1e-5 else f"logits are off by {worst}"


def main() -> int:
    failed = 0
    for folder in sorted(path.parent for path in Path(sys.argv[1]).glob("*/hub")):
        wrong = check(folder)
        failed += wrong is not None
        print(folder.name, wrong or "ok")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
