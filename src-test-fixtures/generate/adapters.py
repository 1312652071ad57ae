"""Adapters saved by peft, and what peft computes and trains with them: the same for every method."""

import copy
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import PeftModel, get_peft_model, get_peft_model_state_dict
from transformers import get_scheduler

import tasks
from common import normal, write_json, write_tensors

OPTIMIZER = dict(lr=5e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
MAX_NORM = 1.0
STEPS = 20
SCHEDULE = dict(name="linear", num_warmup_steps=4, num_training_steps=12)
ACCUMULATION = 2


def noisy(case: str, key: str, value: torch.Tensor) -> torch.Tensor:
    return value + normal(f"{case}/{key}", value.shape, 0.1)


@dataclass(frozen=True)
class Method:
    """
    config: peft's class; cases: by name, the base and the config's arguments; start: the value that a trainable
    parameter is tested with, from case, key and fresh value; report: more facts; merges: whether peft can merge it;
    key: the key of a trainable parameter that isn't saved as it is, from its name; unpadded: cases whose rows are all
    of one length; extra: tensors besides the model's inputs, from case and batch; settle: what peft still does with
    trained parameters when it next uses them.
    """

    config: type
    cases: dict
    start: Callable = noisy
    report: Callable = lambda model: {}
    scheduled: tuple = ()
    merges: bool = True
    key: Callable = lambda name: name
    unpadded: tuple = ()
    extra: Callable = lambda case, batch: {}
    settle: Callable = lambda model: None


@dataclass(frozen=True)
class Case:
    method: Method
    name: str

    @property
    def base(self) -> str:
        return self.method.cases[self.name][0]

    @property
    def arguments(self) -> dict:
        return self.method.cases[self.name][1]

    @property
    def task(self) -> str | None:
        return self.arguments["task_type"]


def load(root: Path, case: Case):
    return tasks.load(root, case.base, case.task)


def build(root: Path, case: Case) -> PeftModel:
    torch.manual_seed(0)
    model = get_peft_model(load(root, case), case.method.config(**copy.deepcopy(case.arguments)))
    model.eval()
    with torch.no_grad():
        for key, parameter in trainable(case, model).items():
            parameter.copy_(case.method.start(case.name, key, parameter))
    return model


def trainable(case: Case, model: PeftModel) -> dict:
    """Trainable parameters by the key that peft saves each under."""
    keys = {}
    for key, tensor in saved(model).items():
        keys.setdefault(tensor.data_ptr(), key)
    return {keys.get(p.data_ptr()) or case.method.key(name): p
            for name, p in model.named_parameters() if p.requires_grad}


def saved(model: PeftModel) -> dict:
    return get_peft_model_state_dict(model, save_embedding_layers=False)


def save(model: PeftModel, folder: Path) -> None:
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)


@torch.no_grad()
def outputs(root: Path, case: Case, model: PeftModel, inputs: dict) -> dict:
    """logits.base and so on, or what else the task computes."""
    variants = {"unmerged": tasks.outputs(model, inputs)}
    if case.method.merges:
        variants["merged"] = tasks.outputs(copy.deepcopy(model).merge_and_unload(), inputs)
    if not tasks.has_fresh_head(root, case.base, case.arguments):
        base = variants["base"] = tasks.outputs(load(root, case), inputs)
        if not model.active_peft_config.is_prompt_learning:  # peft fails to disable those of classifiers
            with model.disable_adapter():
                disabled = tasks.outputs(model, inputs)
            if not same(base, disabled):  # trained biases stay when peft disables the adapter
                variants["disabled"] = disabled
    reread = PeftModel.from_pretrained(load(root, case), root / "adapters" / case.name).eval()
    assert near(tasks.outputs(reread, inputs), variants["unmerged"]), case.name
    return {f"{name}.{variant}": tensor.float() for variant, tensors in variants.items()
            for name, tensor in tensors.items()}


def same(one: dict, other: dict) -> bool:
    return all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def near(one: dict, other: dict) -> bool:
    """An encoder of prompts rounds otherwise when peft runs it for one row, to save what it makes."""
    return all(torch.allclose(tensor, other[name], rtol=0, atol=1e-5) for name, tensor in one.items())


def gradients(case: Case, model: PeftModel, batch: dict) -> dict:
    loss = tasks.loss(model, batch)
    loss.backward()
    tensors = {f"grad.{key}": parameter.grad for key, parameter in trainable(case, model).items()}
    model.zero_grad()
    return {"loss": loss.reshape(1)} | tensors


def shifts(case: Case, model: PeftModel) -> list[str]:
    """
    Trainable biases that move every score of a softmax by the same: their gradient is zero but for rounding, and AdamW
    makes steps of full size out of that.
    """
    return [key for key in trainable(case, model) if case.task == "QUESTION_ANS" and key.endswith("qa_outputs.bias")]


def optimizer_of(case: Case, model: PeftModel) -> torch.optim.AdamW:
    """One group: weight decay acts on biases too."""
    return torch.optim.AdamW(trainable(case, model).values(), **OPTIMIZER)


def clip(case: Case, model: PeftModel) -> torch.Tensor:
    return torch.nn.utils.clip_grad_norm_(trainable(case, model).values(), MAX_NORM)


def train(case: Case, model: PeftModel, data: list[dict]) -> dict:
    """One batch a step, taking turns; constant learning rate."""
    optimizer, losses, norms = optimizer_of(case, model), [], []
    for step in range(STEPS):
        loss = tasks.loss(model, data[step % len(data)])
        loss.backward()
        losses.append(loss.detach())
        norms.append(clip(case, model))
        optimizer.step()
        optimizer.zero_grad()
    return {"steps.loss": torch.stack(losses), "steps.grad_norm": torch.stack(norms), **after("after", case, model)}


def train_scheduled(case: Case, model: PeftModel, data: list[dict], by_token: bool, prefix: str) -> dict:
    """
    Each step accumulates both batches. By batch: the mean of the batches' mean losses. By token, as transformers'
    Trainer does since 4.46: the sum over all scored tokens of the step, divided by their number.
    """
    optimizer = optimizer_of(case, model)
    scheduler = get_scheduler(optimizer=optimizer, **SCHEDULE)
    assert len(data) == ACCUMULATION
    tokens = sum((batch["labels"][:, 1:] != -100).sum() for batch in data)
    losses, norms, rates = [], [], []
    for _ in range(SCHEDULE["num_training_steps"]):
        total = 0.0
        for batch in data:
            if by_token:
                loss = model(**batch, num_items_in_batch=tokens).loss
            else:
                loss = model(**batch).loss / ACCUMULATION
            loss.backward()
            total += loss.detach()
        losses.append(total)
        norms.append(clip(case, model))
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
    return {
        f"{prefix}.loss": torch.stack(losses), f"{prefix}.grad_norm": torch.stack(norms),
        f"{prefix}.lr": torch.tensor(rates, dtype=torch.float64), **after(f"{prefix}.after", case, model),
    }


def after(prefix: str, case: Case, model: PeftModel) -> dict:
    case.method.settle(model)
    return {f"{prefix}.{key}": parameter.detach().clone() for key, parameter in trainable(case, model).items()}


def report(model: PeftModel, case: Case) -> dict:
    count, total = model.get_nb_trainable_parameters()
    printed = io.StringIO()
    with redirect_stdout(printed):
        model.print_trainable_parameters()
    return ({"shifts": shifts(case, model)} if shifts(case, model) else {}) | {
        "base": case.base,
        "config": case.arguments,
        **case.method.report(model),
        "trainable": {"count": count, "total": total, "text": printed.getvalue().strip()},
        "trainable_keys": list(trainable(case, model)),
        "keys": [{"name": key, "shape": list(tensor.shape), "dtype": str(tensor.dtype).removeprefix("torch.")}
                 for key, tensor in sorted(saved(model).items())],
        "optimizer": OPTIMIZER | {"max_norm": MAX_NORM, "steps": STEPS},
        "sched": SCHEDULE | {"accumulation": ACCUMULATION} if case.name in case.method.scheduled else None,
    }


def golden(root: Path, case: Case) -> dict:
    model = build(root, case)
    model.peft_config["default"].base_model_name_or_path = case.base
    save(model, root / "adapters" / case.name)
    write_json(root / "golden/adapters" / f"{case.name}.json", report(model, case))

    data = tasks.batches(case.name, model.config, case.task, case.name not in case.method.unpadded)
    data = [batch | case.method.extra(case.name, batch) for batch in data]
    tensors = dict(data[0])
    tensors |= {f"steps.{key}": torch.stack([batch[key] for batch in data]) for key in data[0]}
    tensors |= outputs(root, case, model, data[0])
    tensors |= gradients(case, model, data[0])
    tensors |= train(case, model, data)
    for key in shifts(case, model):
        tensors = {name: tensor for name, tensor in tensors.items() if name not in (f"grad.{key}", f"after.{key}")}
    if case.name in case.method.scheduled:
        tensors |= train_scheduled(case, build(root, case), data, False, "sched")
        tensors |= train_scheduled(case, build(root, case), data, True, "sched_by_token")
    return tensors


def write(root: Path, method: Method) -> None:
    for name in method.cases:
        write_tensors(root / "golden/adapters" / f"{name}.safetensors", golden(root, Case(method, name)))
