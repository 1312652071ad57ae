"""Rebuilds every fixture: python generate.py [--out FOLDER]. See README.md."""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

# Sets are written in hash order, and no model may be looked up on a network: both must be fixed before any import.
FIXED = {"PYTHONHASHSEED": "0", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "CUDA_VISIBLE_DEVICES": ""}
if any(os.environ.get(key) != value for key, value in FIXED.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | FIXED)

import peft
import safetensors
import tokenizers
import torch
import transformers

import bases
import byte_level_tokenizer
import chat
import common
import encoder_tokenizers
import lora
import optim
import targets

MARK = "golden/environment.json"
PARTS = (bases, lora, targets, optim, byte_level_tokenizer, chat, encoder_tokenizers)


def write_environment(root: Path) -> None:
    libraries = (torch, transformers, peft, safetensors, tokenizers)
    common.write_json(root / MARK, {
        "attention": common.ATTENTION,
        "python": platform.python_version(),
        "versions": {library.__name__: library.__version__ for library in libraries},
    })


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=common.RESOURCES, help="folder to replace")
    out = parser.parse_args().out.resolve()
    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        parser.error(f"{out} holds something else than fixtures; name another folder")

    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("highest")
    torch.use_deterministic_algorithms(True)
    warnings.filterwarnings("ignore", module=r"peft|transformers")
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()

    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "fixtures"
        for part in PARTS:
            print(part.__name__, flush=True)
            part.write(root)
        write_environment(root)
        for file in root.rglob("*.safetensors"):
            file.chmod(0o644)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(root, out)


if __name__ == "__main__":
    main()
