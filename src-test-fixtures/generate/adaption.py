"""LLaMA-Adapter's cases, see adapters.py."""

from pathlib import Path

import torch
from peft import AdaptionPromptConfig

import adapters
from common import normal

# case → base, AdaptionPromptConfig arguments
CASES = {
    "llama-adaption": ("llama", dict(task_type="CAUSAL_LM", adapter_len=4, adapter_layers=2)),
    "mistral-adaption-top": ("mistral", dict(task_type="CAUSAL_LM", adapter_len=3, adapter_layers=1)),
    "gpt2-adaption": ("gpt2", dict(task_type="CAUSAL_LM", adapter_len=4, adapter_layers=2)),
}


def start(case: str, key: str, value: torch.Tensor) -> torch.Tensor:
    """The gate is 0 at first, and nothing acts."""
    return value + normal(f"{case}/{key}", value.shape, 0.5 if key.endswith("gate") else 0.1)


def write(root: Path) -> None:
    adapters.write(root, adapters.Method(AdaptionPromptConfig, CASES, start, merges=False))
