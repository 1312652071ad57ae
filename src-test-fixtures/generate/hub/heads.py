"""Adapters with the heads that the adapters library's own model classes add: see ../README.md."""

from pathlib import Path

import torch
from adapters import AutoAdapterModel, SeqBnConfig

import bottleneck  # sets the path for the next ones
import common
import tasks

CLS, TOKENS, SPANS = "SEQ_CLS", "TOKEN_CLS", "QUESTION_ANS"
ADD = {CLS: "add_classification_head", TOKENS: "add_tagging_head", SPANS: "add_qa_head"}

# case → base, task, settings of the head
CASES = {
    "head-bert": ("bert-heads", CLS, dict(num_labels=3)),
    "head-bert-pooled": ("bert-heads", CLS, dict(num_labels=3, layers=1, use_pooler=True)),
    "head-roberta": ("roberta-heads", CLS, dict(num_labels=3)),
    "head-distilbert": ("distilbert-heads", CLS, dict(num_labels=3, activation_function="relu")),
    "head-bart": ("bart-heads", CLS, dict(num_labels=3)),
    "head-bert-tokens": ("bert", TOKENS, dict(num_labels=3)),
    "head-bert-spans": ("bert", SPANS, dict()),
}


def write(root: Path, case: str) -> None:
    base, task, settings = CASES[case]
    model = common.load_base(root, base, auto=AutoAdapterModel, fresh_head=True)
    model.config._name_or_path = base
    bottleneck.add(model, case, bottleneck.NAME, SeqBnConfig(reduction_factor=4))
    getattr(model, ADD[task])(bottleneck.NAME, **settings)
    head = {key: value for key, value in model.named_parameters() if key.startswith("heads.")}
    bottleneck.start(case, head)
    model.set_active_adapters(bottleneck.NAME)
    model.active_head = bottleneck.NAME
    folder = root / "hub" / case
    folder.mkdir(parents=True, exist_ok=True)
    model.eval().save_adapter(folder, bottleneck.NAME, use_safetensors=True)
    data = {key: value for key, value in tasks.batches(case, model.config, task)[0].items()
            if key in ("input_ids", "attention_mask")}
    if task == CLS and base.startswith("bart"):  # read at the last token of this id, one in each row
        data["input_ids"] = one_end(data, model.config)
    with torch.no_grad():
        outputs = model(**data)
    logits = dict(start_logits=outputs.start_logits, end_logits=outputs.end_logits) if task == SPANS else dict(
        logits=outputs.logits)
    common.write_json(root / "golden/hub" / f"{case}.json", {"base": base, "task": task})
    common.write_tensors(root / "golden/hub" / f"{case}.safetensors", data | logits)


def one_end(data: dict, config) -> torch.Tensor:
    ids = data["input_ids"].clone()
    other = next(number for number in range(config.vocab_size)
                 if number not in (config.eos_token_id, config.pad_token_id))
    ids[ids == config.eos_token_id] = other
    for row, length in enumerate(data["attention_mask"].sum(1).tolist()):
        ids[row, length - 1] = config.eos_token_id
    return ids


if __name__ == "__main__":
    bottleneck.run(__doc__, (CASES, write))
