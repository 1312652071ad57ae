"""For each of peft's task types: the class that opens a base, batches with labels, outputs and loss."""

from pathlib import Path

import torch
from transformers import (
    AutoModel, AutoModelForCausalLM, AutoModelForQuestionAnswering, AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification, AutoModelForTokenClassification,
)

from common import load_base, normal, padded, right_padding, token_ids

CLASSES = {
    "CAUSAL_LM": AutoModelForCausalLM,
    "SEQ_2_SEQ_LM": AutoModelForSeq2SeqLM,
    "SEQ_CLS": AutoModelForSequenceClassification,
    "TOKEN_CLS": AutoModelForTokenClassification,
    "QUESTION_ANS": AutoModelForQuestionAnswering,
    "FEATURE_EXTRACTION": AutoModel,
    None: AutoModelForCausalLM,
}
OPTIONS = {"QUESTION_ANS": dict(num_labels=2)}
# Bases without a head for these tasks get a new one, of three labels.
HEADLESS = ("bert",)
FRESH = dict(num_labels=3)

WIDTH = 12
LENGTHS = ((12, 9), (7, 11))
PROMPTS = ((4, 3), (2, 5))
CLASSES_OF_ROWS = ((2, 0), (1, 1))
SPANS = (((1, 4), (3, 8)), ((0, 9), (2, 9)))


def has_fresh_head(root: Path, base: str, options: dict) -> bool:
    return base in HEADLESS and options["task_type"] != "FEATURE_EXTRACTION"


def load(root: Path, base: str, task: str | None):
    options = OPTIONS.get(task, {})
    if has_fresh_head(root, base, dict(task_type=task)):
        options = FRESH | dict(fresh_head=True)
    return load_base(root, base, auto=CLASSES[task], **options)


def batches(case: str, config, task: str | None) -> list[dict]:
    """Two right-padded batches of two rows."""
    result = []
    for number, lengths in enumerate(LENGTHS):
        mask = right_padding(lengths, WIDTH)
        ids = token_ids(f"{case}/batch/{number}", (2, WIDTH), config.vocab_size)
        ids = padded(ids, mask, config.pad_token_id)
        inputs = dict(input_ids=ids, attention_mask=mask)
        result.append(inputs | labels(case, number, config, task, inputs))
    return result


def labels(case: str, number: int, config, task: str | None, inputs: dict) -> dict:
    ids, real = inputs["input_ids"], inputs["attention_mask"].bool()
    if task in ("CAUSAL_LM", None):  # prompt and padding are left out
        scored = real & ~right_padding(PROMPTS[number], WIDTH).bool()
        return dict(labels=ids.masked_fill(~scored, -100))
    if task == "SEQ_2_SEQ_LM":  # another text
        target = token_ids(f"{case}/target/{number}", (2, WIDTH), config.vocab_size)
        return dict(labels=target.masked_fill(~right_padding(PROMPTS[number], WIDTH).bool(), -100))
    if task == "SEQ_CLS" and config.num_labels == 1:
        return dict(labels=normal(f"{case}/target/{number}", (2,), 1.0))
    if task == "SEQ_CLS":
        return dict(labels=torch.tensor(CLASSES_OF_ROWS[number]))
    if task == "TOKEN_CLS":  # a word's later pieces and padding are left out
        kinds = token_ids(f"{case}/target/{number}", (2, WIDTH), 6) - 3
        return dict(labels=kinds.masked_fill(~real | (torch.arange(WIDTH) % 3 == 2), -100))
    if task == "QUESTION_ANS":
        start, end = zip(*SPANS[number])
        return dict(start_positions=torch.tensor(start), end_positions=torch.tensor(end))
    # Nobody trains on hidden states alone: any direction does, to see gradients.
    probe = normal(f"{case}/probe/{number}", (2, WIDTH, config.hidden_size), 1.0)
    return dict(probe=probe * real[..., None])


def inputs_of(batch: dict) -> dict:
    return {key: tensor for key, tensor in batch.items() if key != "probe"}


def outputs(model, batch: dict) -> dict:
    """logits; start_logits and end_logits; or hidden_last."""
    output = model(**inputs_of(batch))
    if "last_hidden_state" in output:
        return dict(hidden_last=output.last_hidden_state)
    return {name: output[name] for name in ("logits", "start_logits", "end_logits") if name in output}


def loss(model, batch: dict) -> torch.Tensor:
    """transformers' own; of hidden states, their mean product with the probe."""
    output = model(**inputs_of(batch))
    return (output.last_hidden_state * batch["probe"]).mean() if "probe" in batch else output.loss
