"""What transformers generates beyond plain greedy decoding: beams, penalties, and what sampling leaves to choose from."""

from pathlib import Path

import torch
from transformers import (
    AutoModelForCausalLM, AutoModelForSeq2SeqLM, LogitsProcessor, LogitsProcessorList, MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper,
)

from common import (
    generator, left_padding, load_base, normal, padded, right_padding, token_ids, write_json, write_tensors,
)

# A choice that noise of this size on every score turns over is not clear enough: rounding might, too.
NOISE, TRIALS = 1e-3, 4

BEAMS = dict(num_beams=4)
CASES = {
    "beam": BEAMS,
    "beam_end": BEAMS,
    "beam_end_long": BEAMS | dict(length_penalty=2.0),
    "beam_end_short": BEAMS | dict(length_penalty=0.0, early_stopping=True),
    "beam_return": BEAMS | dict(num_return_sequences=3),
    "beam_penalty": BEAMS | dict(repetition_penalty=1.3),
    "penalty": dict(repetition_penalty=1.5),
}
SHORT = {case: CASES[case] for case in ("beam", "beam_end")}
# What bart-large-cnn's generation_config.json asks for.
FORCED = {"beam_forced": BEAMS | dict(forced_bos_token_id=7, forced_eos_token_id=9, no_repeat_ngram_size=2)}

DECODERS = {"llama": CASES} | dict.fromkeys(
    ("mistral", "qwen2", "qwen3-window", "gemma", "gemma2", "phi3", "phi3-longrope", "gpt2", "gpt-neox", "opt"), SHORT
)
SEQ2SEQ = {"t5": CASES, "t5-gated": SHORT, "bart": CASES | FORCED, "bart-scaled": SHORT}
MODELS = DECODERS | SEQ2SEQ

LENGTHS = {True: (8, 5), False: (6, 4)}
NEW_TOKENS = 12

FILTERS = {
    "temperature": TemperatureLogitsWarper(0.7),
    "top_k": TopKLogitsWarper(5),
    "top_p": TopPLogitsWarper(0.8),
    "top_p_small": TopPLogitsWarper(0.05),
    "min_p": MinPLogitsWarper(0.1),
    "repetition_penalty": RepetitionPenaltyLogitsProcessor(1.3),
    "all": LogitsProcessorList([
        RepetitionPenaltyLogitsProcessor(1.2), TemperatureLogitsWarper(1.5), TopKLogitsWarper(20), TopPLogitsWarper(0.9),
        MinPLogitsWarper(0.05),
    ]),
}


class Noise(LogitsProcessor):
    def __init__(self, trial: int):
        self.random = generator(f"noise/{trial}")

    def __call__(self, input_ids, scores):
        return scores + (torch.rand(scores.shape, generator=self.random) - 0.5) * 2 * NOISE


def load(root: Path, name: str):
    model = load_base(root, name, torch.float32, AutoModelForSeq2SeqLM if name in SEQ2SEQ else AutoModelForCausalLM)
    model.generation_config.eos_token_id = None
    return model


def generate(model, inputs: dict, **options):
    return model.generate(
        **inputs, do_sample=False, max_new_tokens=NEW_TOKENS, return_dict_in_generate=True, output_scores=True, **options
    )


def is_clear(model, inputs: dict, sequences, options: dict) -> bool:
    """Neither noise nor decoding without a cache changes a token."""
    variants = [dict(logits_processor=LogitsProcessorList([Noise(trial)])) for trial in range(TRIALS)]
    return all(
        torch.equal(sequences, generate(model, inputs, **options, **variant).sequences)
        for variant in (dict(use_cache=False), *variants)
    )


def inputs_of(model, name: str, case: str, attempt: int) -> dict:
    """Prompts are padded on the left, texts to be read on the right."""
    lengths = LENGTHS[name in SEQ2SEQ]
    mask = (right_padding if name in SEQ2SEQ else left_padding)(lengths, max(lengths))
    ids = token_ids(f"{name}/{case}/{attempt}", mask.shape, model.config.vocab_size)
    return dict(input_ids=padded(ids, mask, model.config.pad_token_id), attention_mask=mask)


def golden(model, name: str, case: str, options: dict) -> dict:
    """The first random inputs with a clear outcome; where an end is asked for, some sequence must meet it early."""
    for attempt in range(500):
        inputs = inputs_of(model, name, case, attempt)
        result = generate(model, inputs, **options)
        end = {}
        if case.startswith("beam_end"):
            token = result.sequences[0, -(attempt % NEW_TOKENS) - 1].item()
            end = dict(eos_token_id=token)
            result = generate(model, inputs, **options, **end)
            if not ends_early(result.sequences, 1 if name in SEQ2SEQ else inputs["input_ids"].shape[1], token):
                continue
        if is_clear(model, inputs, result.sequences, options | end):
            tensors = inputs | dict(output_ids=result.sequences)
            tensors |= {key: torch.tensor([value]) for key, value in end.items()}
            if "num_beams" in options:
                tensors["scores"] = result.sequences_scores
            return {f"{case}.{key}": tensor for key, tensor in tensors.items()}
    raise AssertionError(f"no clear outcome for {name}, {case}")


def ends_early(sequences: torch.Tensor, start: int, token: int) -> bool:
    """One row ends before the last place, and not at once."""
    return any(token in row[start + 1 : start + NEW_TOKENS - 1] for row in sequences.tolist())


def filters() -> dict:
    """What is left of random scores: 1 in kept where a token may still be drawn, else 0 in both."""
    ids, scores = token_ids("filters", (4, 8), 64), normal("filters/scores", (4, 64), 2.0)
    tensors = dict(input_ids=ids, logits=scores)
    for name, filter in FILTERS.items():
        left = filter(ids, scores.clone())
        tensors |= {f"{name}.kept": left.isfinite().long(), f"{name}.logits": left.masked_fill(left.isinf(), 0)}
    return tensors


@torch.no_grad()
def write(root: Path) -> None:
    for name, cases in MODELS.items():
        model = load(root, name)
        tensors = {}
        for case, options in cases.items():
            tensors |= golden(model, name, case, options)
        write_tensors(root / "golden/generation" / f"{name}.safetensors", tensors)
    write_json(root / "golden/generation.json", {"max_new_tokens": NEW_TOKENS, "models": MODELS})
    write_tensors(root / "golden/filters.safetensors", filters())
