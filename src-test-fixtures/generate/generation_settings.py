"""What transformers generates from a tiny base under the settings that change scores further, and with ids below 0."""

from pathlib import Path

import torch

from common import load_base, write_json
from decoding import ALONE, BEAMS, ENDS, TOGETHER, decode

BIASES = [[[11], 3.0], [[5], -4.0], [[20, 21], -5.0], [[30, 31, 32], 2.5], [[59], 0.75]]
CASES = {
    "guidance": dict(guidance_scale=2.5),
    "guidance-weak": dict(guidance_scale=0.5),
    "guidance-negative": dict(guidance_scale=-0.5),
    "guidance-end": dict(guidance_scale=1.7, eos_token_id=ENDS, repetition_penalty=1.2, sequence_bias=BIASES),
    "bias": dict(sequence_bias=BIASES),
    "bias-beams": BEAMS | dict(sequence_bias=BIASES, num_return_sequences=2),
    "decay": dict(exponential_decay_length_penalty=[3, 1.6], eos_token_id=ENDS),
    "decay-late-end": dict(exponential_decay_length_penalty=[1, 0.7], eos_token_id=ENDS),
    "decay-beams": BEAMS | dict(exponential_decay_length_penalty=[2, 1.3], num_return_sequences=2),
    "invalid": dict(remove_invalid_values=True, suppress_tokens=[40, 41], bad_words_ids=[[7], [8, 9]]),
    "invalid-beams": BEAMS | dict(remove_invalid_values=True, bad_words_ids=[[7], [8, 9]]),
    "end-below-0": dict(eos_token_id=[-1, *ENDS]),
    "suppressed-below-0": dict(suppress_tokens=[-1, 40], begin_suppress_tokens=[-1]),
}


def write(root: Path) -> None:
    model = load_base(root, "llama", torch.float32)
    cases = [
        decode(model, "llama", f"settings/{case}", lengths, options)
        for case, options in CASES.items()
        for lengths in (ALONE, TOGETHER)
    ]
    write_json(root / "golden/generation-settings.json", {"cases": cases})
