"""For each of peft's task types: the class that opens a base, batches with labels, outputs and loss."""

from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
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


def batches(case: str, config, task: str | None, with_padding: bool = True) -> list[dict]:
    """Two batches of two rows, padded on the right or not at all."""
    result = []
    for number, lengths in enumerate(LENGTHS):
        mask = right_padding(lengths if with_padding else (WIDTH, WIDTH), WIDTH)
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


def puts_tokens_before(model) -> bool:
    """Whether the active adapter puts virtual tokens before the input, as prompts but no prefixes do."""
    config = getattr(model, "active_peft_config", None)
    return config is not None and config.is_prompt_learning and config.peft_type != "PREFIX_TUNING"


def inputs_of(model, batch: dict) -> dict:
    """peft leaves labels of tokens and spans where they were without the virtual tokens: it fails over them."""
    left_out = {"probe"} if hasattr(model, "active_peft_config") else {"probe", "task_ids"}
    if puts_tokens_before(model) and model.active_peft_config.task_type in ("TOKEN_CLS", "QUESTION_ANS"):
        left_out |= {"labels", "start_positions", "end_positions"}
    inputs = {key: tensor for key, tensor in batch.items() if key not in left_out}
    if puts_tokens_before(model) and "decoder_input_ids" in inputs and "task_ids" in inputs:
        # With multitask prompts peft takes what the decoder reads embedded only.
        inputs["decoder_inputs_embeds"] = model.word_embeddings(inputs.pop("decoder_input_ids"))
    return inputs


def outputs(model, batch: dict) -> dict:
    """logits; start_logits and end_logits; or hidden_last. Those of virtual tokens are left out."""
    output = model(**inputs_of(model, batch))
    if "last_hidden_state" in output:
        return dict(hidden_last=own(model, batch, output.last_hidden_state))
    named = {name: output[name] for name in ("logits", "start_logits", "end_logits") if name in output}
    if "logits" in named and named["logits"].dim() == 2:  # of whole texts
        return named
    return {name: own(model, batch, tensor) for name, tensor in named.items()}


def own(model, batch: dict, tensor: torch.Tensor) -> torch.Tensor:
    """Without the positions of virtual tokens, which come first."""
    if not puts_tokens_before(model):
        return tensor
    keys = ("decoder_input_ids", "labels") if model.config.is_encoder_decoder else ("input_ids",)
    width = next(batch[key].shape[1] for key in keys if key in batch)
    return tensor[:, -width:]


def loss(model, batch: dict) -> torch.Tensor:
    """transformers' own; of hidden states, their mean product with the probe. See inputs_of for the last two."""
    if "probe" in batch:
        return (outputs(model, batch)["hidden_last"] * batch["probe"]).mean()
    if puts_tokens_before(model) and model.active_peft_config.task_type == "TOKEN_CLS":
        return cross_entropy(outputs(model, batch)["logits"].flatten(0, 1), batch["labels"].flatten())
    if puts_tokens_before(model) and model.active_peft_config.task_type == "QUESTION_ANS":
        found = outputs(model, batch)
        return sum(cross_entropy(found[f"{end}_logits"], batch[f"{end}_positions"]) for end in ("start", "end")) / 2
    return model(**inputs_of(model, batch)).loss
