"""What every generator shares: where fixtures live, how random numbers are drawn, how files are written."""

import json
import zlib
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

RESOURCES = Path(__file__).resolve().parent.parent / "src/main/resources/org/peft4j/fixtures"
ATTENTION = "sdpa"
# PyTorch's attention cannot bend scores by a cap.
WITHOUT_SDPA = ("gemma2",)


def generator(name: str) -> torch.Generator:
    """A random source that depends on the name alone, so that adding a fixture never changes another."""
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def normal(name: str, shape, std: float) -> torch.Tensor:
    return torch.randn(tuple(shape), generator=generator(name)) * std


def token_ids(name: str, shape, vocab: int) -> torch.Tensor:
    """Ids that avoid 0 (padding), 1 and 2 (begin and end of text)."""
    return torch.randint(3, vocab, tuple(shape), generator=generator(name))


def attention(model_type: str) -> str:
    """Which implementation computes the golden values."""
    return "eager" if model_type in WITHOUT_SDPA else ATTENTION


def load_base(root: Path, name: str, dtype="auto", auto=AutoModelForCausalLM, fresh_head=False, **options):
    """
    A fresh model each time: dynamic rope keeps state between calls. Every weight must come from the file; tensors that
    the class doesn't know, such as another task's head, are left.
    """
    folder = root / "bases" / name
    model_type = json.loads((folder / "config.json").read_text())["model_type"]
    model, info = auto.from_pretrained(
        folder, dtype=dtype, attn_implementation=attention(model_type), output_loading_info=True, **options
    )
    assert fresh_head or not info["missing_keys"] and not info["mismatched_keys"], (name, info)
    model.name_or_path = name
    return model.eval()


def right_padding(lengths, width: int) -> torch.Tensor:
    return (torch.arange(width)[None] < torch.tensor(lengths)[:, None]).long()


def left_padding(lengths, width: int) -> torch.Tensor:
    return right_padding(lengths, width).flip(1)


def padded(ids: torch.Tensor, mask: torch.Tensor, pad: int) -> torch.Tensor:
    return ids.masked_fill(mask == 0, pad)


def write_tensors(path: Path, tensors: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    assert all(tensor.isfinite().all() for tensor in tensors.values()), path
    save_file(tensors, path)


def write_json(path: Path, value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
