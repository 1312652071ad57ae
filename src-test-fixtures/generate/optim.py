"""torch.optim.AdamW, clip_grad_norm_ and transformers' learning-rate schedules, without any model."""

from pathlib import Path

import torch
from transformers import get_scheduler

from common import normal, write_json, write_tensors

SHAPES = ((4, 8), (8, 4), (6,))
STEPS = 5
RUNS = {
    "plain": dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0),
    "decay": dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1),
    "large-eps": dict(lr=5e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01),
    "other-betas": dict(lr=1e-2, betas=(0.8, 0.95), eps=1e-8, weight_decay=0.0),
}
# Gradients of this size are where epsilon decides.
GRADIENT_SCALES = {"large-eps": 1e-6}

CLIPS = {"above": dict(scale=1.0, max_norm=1.0), "below": dict(scale=1e-3, max_norm=1.0),
         "tight": dict(scale=10.0, max_norm=0.25), "zero": dict(scale=0.0, max_norm=1.0)}

SCHEDULES = ("constant", "constant_with_warmup", "linear", "cosine")
TRAINING_STEPS = 50


def gradients(name: str, scale: float) -> list[torch.Tensor]:
    return [normal(f"optim/{name}/{i}", shape, scale) for i, shape in enumerate(SHAPES)]


def adamw(run: str, options: dict) -> dict:
    parameters = [torch.nn.Parameter(normal(f"optim/{run}/parameter/{i}", shape, 1.0)) for i, shape in enumerate(SHAPES)]
    tensors = {f"{run}.before.{i}": p.clone() for i, p in enumerate(parameters)}
    optimizer = torch.optim.AdamW(parameters, amsgrad=False, **options)
    for step in range(STEPS):
        for i, gradient in enumerate(gradients(f"{run}/{step}", GRADIENT_SCALES.get(run, 1.0))):
            parameters[i].grad = gradient
            tensors[f"{run}.grad.{step}.{i}"] = gradient
        optimizer.step()
        tensors |= {f"{run}.after.{step}.{i}": p.clone() for i, p in enumerate(parameters)}
    return tensors


def clip(case: str, scale: float, max_norm: float) -> dict:
    parameters = [torch.nn.Parameter(torch.zeros(shape)) for shape in SHAPES]
    given = gradients(f"clip/{case}", scale)
    for parameter, gradient in zip(parameters, given):
        parameter.grad = gradient.clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    tensors = {f"clip.{case}.norm": norm.reshape(1)}
    for i, gradient in enumerate(given):
        tensors |= {f"clip.{case}.grad.{i}": gradient, f"clip.{case}.clipped.{i}": parameters[i].grad}
    return tensors


def schedule(name: str, warmup: int) -> list[float]:
    """The factor on the learning rate at optimiser step 0, 1, … 50."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=TRAINING_STEPS)
    factors = []
    for _ in range(TRAINING_STEPS + 1):
        factors.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return factors


def write(root: Path) -> None:
    tensors = {}
    for run, options in RUNS.items():
        tensors |= adamw(run, options)
    for case, options in CLIPS.items():
        tensors |= clip(case, **options)
    write_tensors(root / "golden/optim.safetensors", tensors)
    write_json(root / "golden/optim.json", {
        "adamw": {run: options | {"amsgrad": False, "steps": STEPS} for run, options in RUNS.items()},
        "clip": {case: {"max_norm": options["max_norm"]} for case, options in CLIPS.items()},
        "parameters": len(SHAPES),
        "schedules": [
            {"name": name, "num_warmup_steps": warmup, "num_training_steps": TRAINING_STEPS,
             "multipliers": schedule(name, warmup)}
            for name in SCHEDULES for warmup in (0, 10)
        ],
    })
