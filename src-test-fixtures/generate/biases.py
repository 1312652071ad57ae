"""A base whose output projections have biases, and what peft's LLaMA-Adapter makes of them: see adapters.py."""

from pathlib import Path

from peft import AdaptionPromptConfig
from transformers import AutoModelForCausalLM, LlamaConfig

import adaption
import adapters
from checkpoints import NARROW_STD, randomise, save
from common import ATTENTION
from decoders import GROUPED

BASE = "llama-biased"
CASES = {"llama-biased-adaption": (BASE, dict(task_type="CAUSAL_LM", adapter_len=3, adapter_layers=1))}


def write(root: Path) -> None:
    config = LlamaConfig(**GROUPED, attention_bias=True)
    model = AutoModelForCausalLM.from_config(config, attn_implementation=ATTENTION)
    randomise(model, BASE, NARROW_STD)
    save(model, root, BASE)
    adapters.write(root, adapters.Method(AdaptionPromptConfig, CASES, adaption.start, merges=False))
