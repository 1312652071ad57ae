"""
Checkpoints with task heads, and what transformers computes with them. One file holds the heads of all tasks: each class
takes its own and leaves the others.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModel, AutoModelForQuestionAnswering, AutoModelForSequenceClassification, AutoModelForTokenClassification,
    BartConfig, GPT2Config, GPTNeoXConfig, LlamaConfig, OPTConfig, Qwen3Config, T5Config,
)

import decoders
import encoders
import seq2seq
from checkpoints import NARROW_STD, randomise, save
from common import ATTENTION, left_padding, load_base, normal, padded, right_padding, token_ids, write_tensors

DECODERS = {
    "llama-heads": LlamaConfig(**decoders.GROUPED),
    "qwen3-heads": Qwen3Config(**decoders.GROUPED, head_dim=8),
    "gpt2-heads": GPT2Config(**decoders.GPT2),
    "gpt-neox-heads": GPTNeoXConfig(**decoders.NARROW | dict(num_attention_heads=2)),
    "opt-heads": OPTConfig(**decoders.OPT),
}
ENCODERS = {f"{name}-heads": config for name, config in encoders.CONFIGS.items()}
SEQ2SEQ = {
    "t5-heads": T5Config(**seq2seq.T5, num_decoder_layers=1),
    "bart-heads": BartConfig(**seq2seq.BART | dict(decoder_layers=1)),
}
CONFIGS = ENCODERS | DECODERS | SEQ2SEQ
# One output: the score itself.
REGRESSIONS = {"bert-regression": encoders.CONFIGS["bert"], "gpt2-regression": DECODERS["gpt2-heads"]}

# Their classes for answers call the model behind the head otherwise than all their other classes.
RENAMED = ("llama-heads", "qwen3-heads")

# It counts positions from the mask by itself.
COUNTING = ("opt-heads",)

TASKS = {
    "seq_cls": AutoModelForSequenceClassification,
    "token_cls": AutoModelForTokenClassification,
    "question_ans": AutoModelForQuestionAnswering,
    "feature": AutoModel,
}
LABELS = ("negative", "neutral", "positive")
WIDTH = 12
LENGTHS = (12, 7, 9)
# The last span lies behind the window, the second begins before it: the one is ignored, the other starts at 0.
SPANS = dict(start_positions=(3, -2, 40), end_positions=(7, 4, 41))


def labelled(config, count: int):
    """A copy that names its labels."""
    names = dict(enumerate(LABELS[:count]))
    return type(config)(**config.to_diff_dict() | dict(id2label=names, label2id={v: k for k, v in names.items()}))


def supports(config, task: str) -> bool:
    return type(config) in TASKS[task]._model_mapping


def options_of(name: str, task: str) -> dict:
    """RoBERTa with a head has no pooler; some classes would make as many spans as there are labels."""
    if task == "question_ans":
        return dict(num_labels=2, key_mapping={r"^model\.": "transformer."}) if name in RENAMED else dict(num_labels=2)
    return dict(add_pooling_layer=False) if (name, task) == ("roberta-heads", "feature") else {}


def write_checkpoint(root: Path, name: str, config) -> None:
    model = AutoModelForSequenceClassification.from_config(config, attn_implementation=ATTENTION)
    randomise(model, name, NARROW_STD)
    seq2seq.calm(model)
    save(model, root, name)
    file = root / "bases" / name / "model.safetensors"
    tensors = load_file(file)
    for task in ("token_cls", "question_ans"):
        if supports(config, task):
            tensors |= head_of(name, config, task)
    save_file(tensors, file, {"format": "pt"})


def head_of(name: str, config, task: str) -> dict:
    model = TASKS[task].from_config(labelled(config, 2) if task == "question_ans" else config)
    randomise(model, name, NARROW_STD)
    head = ("classifier.", "score.", "qa_outputs.")
    return {key: tensor for key, tensor in model.state_dict().items() if key.startswith(head)}


def load(root: Path, name: str, task: str, **options):
    return load_base(root, name, auto=TASKS[task], **options_of(name, task) | options)


def inputs_of(name: str, config, side: str) -> dict:
    ids = token_ids(f"{name}/input", (len(LENGTHS), WIDTH), config.vocab_size)
    mask = (left_padding if side == "left" else right_padding)(LENGTHS, WIDTH)
    if name in SEQ2SEQ:  # classes are read where the text ends
        ids[mask.bool() & (mask.cumsum(1) == mask.sum(1, keepdim=True))] = config.eos_token_id
    inputs = dict(input_ids=padded(ids, mask, config.pad_token_id), attention_mask=mask)
    if name in DECODERS and side == "left" and name not in COUNTING:
        inputs["position_ids"] = decoders.positions_behind_padding(mask)
    return inputs


def seq_cls(root: Path, name: str, inputs: dict) -> dict:
    def forward(kind: str, labels: torch.Tensor) -> dict:
        output = load(root, name, "seq_cls", problem_type=kind)(**inputs, labels=labels)
        return dict(labels=labels, loss=output.loss.reshape(1), logits=output.logits)

    targets = normal(f"{name}/targets", (len(LENGTHS), 3), 1.0)
    single = forward("single_label_classification", torch.tensor([2, 0, 1]))
    multi = forward("multi_label_classification", (targets > 0).float())
    regression = forward("regression", targets)
    return single | {
        f"{kind}.{key}": tensors[key]
        for kind, tensors in (("multi_label", multi), ("regression", regression)) for key in ("labels", "loss")
    }


def token_cls(root: Path, name: str, inputs: dict) -> dict:
    labels = torch.randint(0, 3, (len(LENGTHS), WIDTH), generator=torch.Generator().manual_seed(0))
    # Neither padding nor every third token counts, such as the later pieces of a word.
    labels = labels.masked_fill((inputs["attention_mask"] == 0) | (torch.arange(WIDTH) % 3 == 2), -100)
    output = load(root, name, "token_cls")(**inputs, labels=labels)
    return dict(labels=labels, loss=output.loss.reshape(1), logits=output.logits)


def question_ans(root: Path, name: str, inputs: dict) -> dict:
    spans = {key: torch.tensor(positions) for key, positions in SPANS.items()}
    output = load(root, name, "question_ans")(**inputs, **spans)
    return spans | dict(
        loss=output.loss.reshape(1), start_logits=output.start_logits, end_logits=output.end_logits
    )


def feature(root: Path, name: str, inputs: dict) -> dict:
    """An encoder-decoder's decoder reads what its encoder reads, a token later, as the heads above have it."""
    model = load(root, name, "feature")
    if name in SEQ2SEQ:
        inputs = inputs | dict(decoder_input_ids=shifted(model.config, inputs["input_ids"]))
    return dict(hidden_last=model(**inputs).last_hidden_state)


def shifted(config, ids: torch.Tensor) -> torch.Tensor:
    return torch.cat([torch.full((len(ids), 1), config.decoder_start_token_id), ids[:, :-1]], dim=1)


def pooled_by_id(root: Path, name: str, config) -> dict:
    """What counts as the end is the last id that is not the padding's, whatever the mask says."""
    ids = token_ids(f"{name}/pad-inside", (2, 8), config.vocab_size)
    ids[0, 3] = ids[0, 7] = ids[0, 6] = ids[1, 0] = config.pad_token_id
    inputs = dict(input_ids=ids, attention_mask=torch.ones_like(ids))
    logits = load(root, name, "seq_cls")(**inputs).logits
    return {f"pad_inside.{key}": tensor for key, tensor in (inputs | dict(logits=logits)).items()}


def without_pad_token(root: Path, name: str, inputs: dict, expected: torch.Tensor) -> None:
    """One row ends at its end; more than one are refused."""
    model = load(root, name, "seq_cls")
    model.config.pad_token_id = None
    row = {key: tensor[:1] for key, tensor in inputs.items()}
    assert torch.allclose(model(**row).logits, expected[:1], atol=1e-5)
    try:
        model(**inputs)
    except ValueError as error:
        assert "no padding token" in str(error)
    else:
        raise AssertionError(name)


@torch.no_grad()
def golden(root: Path, name: str, config) -> dict:
    right, left = inputs_of(name, config, "right"), inputs_of(name, config, "left")
    tensors = right | {f"left.{key}": tensor for key, tensor in left.items()}
    compute = dict(seq_cls=seq_cls, token_cls=token_cls, question_ans=question_ans, feature=feature)
    for task in TASKS:
        if supports(config, task):
            for prefix, inputs in (("", right), ("left.", left)):
                values = compute[task](root, name, inputs)
                tensors |= {f"{prefix}{task}.{key}": tensor for key, tensor in values.items()}
    if name in DECODERS:
        tensors |= pooled_by_id(root, name, config)
        without_pad_token(root, name, right, tensors["seq_cls.logits"])
    return tensors


@torch.no_grad()
def golden_regression(root: Path, name: str, config) -> dict:
    inputs = inputs_of(name, config, "right")
    labels = normal(f"{name}/targets", (len(LENGTHS),), 1.0)
    output = load(root, name, "seq_cls")(**inputs, labels=labels)
    return inputs | {
        "seq_cls.labels": labels, "seq_cls.loss": output.loss.reshape(1), "seq_cls.logits": output.logits,
    }


def write_renamed(root: Path) -> None:
    """As the class for answers saves it; what it computes is in llama-heads' golden file."""
    name = "llama-question-ans"
    model = load(root, "llama-heads", "question_ans")
    save(model, root, name)
    save_file(model.state_dict(), root / "bases" / name / "model.safetensors", {"format": "pt"})
    load_base(root, name, auto=AutoModelForQuestionAnswering)


def write(root: Path) -> None:
    for name, config in CONFIGS.items():
        config = labelled(config, len(LABELS))
        write_checkpoint(root, name, config)
        write_tensors(root / "golden/bases" / f"{name}.safetensors", golden(root, name, config))
    for name, config in REGRESSIONS.items():
        config = labelled(config, 1)
        model = AutoModelForSequenceClassification.from_config(config, attn_implementation=ATTENTION)
        randomise(model, name, NARROW_STD)
        save(model, root, name)
        write_tensors(root / "golden/bases" / f"{name}.safetensors", golden_regression(root, name, config))
    write_renamed(root)
