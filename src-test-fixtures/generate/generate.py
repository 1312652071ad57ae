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
from safetensors.torch import load_file

import adaption
import added_tokens
import biases
import byte_level_tokenizer
import chat
import chat_expressions
import common
import configs
import cpt
import decoders
import decoding
import encoder_tokenizers
import encoders
import generation
import generation_settings
import heads
import ia3
import legacy
import ln_tuning
import lora
import names
import optim
import prefixes
import prompts
import rope
import seq2seq
import targets
import ties
import token_types
import tokenizer_files
import trainable_tokens
import windows

MARK = "golden/environment.json"
# What hub/ writes, with other libraries.
OTHERS = ("hub", "golden/hub", "adapters/bn-*", "adapters/fusion-*", "golden/adapters/bn-*", "golden/adapters/fusion-*")
# Of gradients and of weights after many steps, and the same in bfloat16.
ROUNDING, ROUGHLY = 1e-4, 0.1
PARTS = (
    decoders, encoders, seq2seq, heads, legacy, ties, generation, lora, targets, optim, rope, byte_level_tokenizer,
    decoding, generation_settings, chat, encoder_tokenizers, prefixes, adaption, ia3, ln_tuning, trainable_tokens,
    prompts, cpt, biases, windows, token_types, added_tokens, tokenizer_files, chat_expressions, names, configs,
)


def write_environment(root: Path) -> None:
    libraries = (torch, transformers, peft, safetensors, tokenizers)
    common.write_json(root / MARK, {
        "attention": common.ATTENTION,
        "python": platform.python_version(),
        "versions": {library.__name__: library.__version__ for library in libraries},
    })


def keep_others(out: Path, root: Path) -> None:
    for old in (path for pattern in OTHERS for path in out.glob(pattern)):
        new = root / old.relative_to(out)
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(old, new) if old.is_dir() else shutil.copyfile(old, new)


def restore_rounded(root: Path, out: Path) -> None:
    """Another processor rounds differently: what says the same as before stays as it was, to the byte."""
    for new in root.rglob("*.safetensors"):
        old = out / new.relative_to(root)
        if old.exists() and close(load_file(old), load_file(new), ROUGHLY if "bf16" in new.stem else ROUNDING):
            shutil.copyfile(old, new)


def close(old: dict, new: dict, tolerance: float) -> bool:
    """Relative to each tensor's largest entry."""
    return old.keys() == new.keys() and all(
        tensor.dtype == new[key].dtype and tensor.shape == new[key].shape
        and (tensor.double() - new[key].double()).abs().max() <= tolerance * tensor.double().abs().max()
        for key, tensor in old.items()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=common.RESOURCES, help="folder to replace")
    parser.add_argument("--keep", action="store_true", help="keep a file that would only change by rounding")
    parser.add_argument("--only", nargs="+", metavar="PART", choices=[part.__name__ for part in PARTS],
                        help="rebuild what these parts write, and leave the rest as it is")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
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
        if arguments.only:
            shutil.copytree(out, root)
        else:
            keep_others(out, root)
        for part in (part for part in PARTS if part.__name__ in (arguments.only or [part.__name__])):
            print(part.__name__, flush=True)
            part.write(root)
        write_environment(root)
        for file in root.rglob("*.safetensors"):
            file.chmod(0o644)
        if arguments.keep:
            restore_rounded(root, out)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(root, out)


if __name__ == "__main__":
    main()
