"""LoRA adapters saved by peft, and what peft computes and trains with them."""

import copy
import io
from contextlib import redirect_stdout
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from peft.tuners.lora import LoraLayer
from transformers import get_scheduler

from common import load_base, normal, right_padding, token_ids, write_json, write_tensors

CAUSAL = dict(task_type="CAUSAL_LM", r=4, lora_alpha=8, lora_dropout=0.0)
QV = dict(target_modules=["q_proj", "v_proj"])

# case → base, LoraConfig arguments
CASES = {
    "llama-plain": ("llama", CAUSAL | QV),
    "llama-all-linear": ("llama", CAUSAL | dict(target_modules="all-linear", use_rslora=True)),
    # The first match wins, and peft saves keys sorted: overlapping patterns must be in sorted order to survive.
    "llama-patterns": ("llama", CAUSAL | dict(
        target_modules=["q_proj", "v_proj", "down_proj"],
        rank_pattern={r"layers\.0\.self_attn\.[qv]_proj": 2, "v_proj": 8},
        alpha_pattern={r"model\.layers\.1\..*": 3, "q_proj": 16},
    )),
    # Without a task type peft writes auto_mapping.
    "llama-layers": ("llama", CAUSAL | QV | dict(task_type=None, layers_to_transform=[1], layers_pattern="layers")),
    "llama-regex": ("llama", CAUSAL | dict(
        target_modules=r".*\.(q_proj|o_proj|up_proj|down_proj)", exclude_modules=r"model\.layers\.0\.mlp\..*",
    )),
    "llama-default-targets": ("llama", CAUSAL),
    "llama-bf16-plain": ("llama-bf16", CAUSAL | QV),
    "llama-sharded-rslora-patterns": ("llama-sharded", CAUSAL | QV | dict(
        use_rslora=True, rank_pattern={"v_proj": 6}, alpha_pattern={"v_proj": 12},
    )),
    "mistral-plain": ("mistral", CAUSAL | QV),
    "mistral-modules-to-save": ("mistral", CAUSAL | QV | dict(modules_to_save=["lm_head", "embed_tokens"])),
    "qwen2-plain": ("qwen2", CAUSAL | QV),
    "qwen2-bias-lora-only": ("qwen2", CAUSAL | QV | dict(bias="lora_only")),
    "qwen2-bias-all": ("qwen2", CAUSAL | QV | dict(bias="all")),
    "tied-modules-to-save": ("llama-tied-scaled", CAUSAL | QV | dict(modules_to_save=["embed_tokens"])),
    "tied-modules-to-save-ensured": ("llama-tied-scaled", CAUSAL | QV | dict(
        modules_to_save=["embed_tokens"], ensure_weight_tying=True,
    )),
    "tied-all-linear": ("llama-tied-scaled", CAUSAL | dict(target_modules="all-linear")),
    # peft saves the frozen weights of the embeddings it targets along with the adapter.
    "llama-embeddings": ("llama", CAUSAL | dict(target_modules=["embed_tokens", "lm_head", "q_proj"])),
    "tied-lora-bias": ("llama-tied-scaled", CAUSAL | dict(target_modules=["q_proj", "up_proj"], lora_bias=True)),
}
SCHEDULED = ("llama-plain", "qwen2-bias-all")

WIDTH = 12
LENGTHS = ((12, 9), (7, 11))
PROMPTS = ((4, 3), (2, 5))

OPTIMIZER = dict(lr=5e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
MAX_NORM = 1.0
STEPS = 20
SCHEDULE = dict(name="linear", num_warmup_steps=4, num_training_steps=12)
ACCUMULATION = 2


def batches(case: str, vocab: int) -> list[dict]:
    """Two right-padded batches; labels leave out prompt and padding."""
    result = []
    for number, (lengths, prompts) in enumerate(zip(LENGTHS, PROMPTS)):
        mask = right_padding(lengths, WIDTH)
        ids = token_ids(f"{case}/batch/{number}", (2, WIDTH), vocab) * mask
        scored = mask.bool() & ~right_padding(prompts, WIDTH).bool()
        result.append(dict(input_ids=ids, attention_mask=mask, labels=ids.masked_fill(~scored, -100)))
    return result


def build(root: Path, case: str) -> PeftModel:
    base, options = CASES[case]
    torch.manual_seed(0)
    model = get_peft_model(load_base(root, base), LoraConfig(**copy.deepcopy(options)))
    with torch.no_grad():
        for key, parameter in trainable(model).items():
            if "lora_A" in key:
                parameter.copy_(normal(f"{case}/{key}", parameter.shape, 0.2))
            else:  # lora_B starts at 0, biases and saved modules at the base's values
                parameter.add_(normal(f"{case}/{key}", parameter.shape, 0.1))
    return model


def trainable(model: PeftModel) -> dict:
    """Trainable parameters by the key that peft saves each under."""
    keys = {}
    for key, tensor in saved(model).items():
        keys.setdefault(tensor.data_ptr(), key)
    return {keys[p.data_ptr()]: p for p in model.parameters() if p.requires_grad}


def saved(model: PeftModel) -> dict:
    return get_peft_model_state_dict(model, save_embedding_layers=False)


def save(model: PeftModel, folder: Path) -> None:
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)


def inputs_of(batch: dict) -> dict:
    return {key: batch[key] for key in ("input_ids", "attention_mask")}


@torch.no_grad()
def logits(root: Path, case: str, model: PeftModel, inputs: dict) -> dict:
    base = load_base(root, CASES[case][0])(**inputs).logits
    with model.disable_adapter():
        disabled = model(**inputs).logits
    unmerged = model(**inputs).logits
    merged = copy.deepcopy(model).merge_and_unload()(**inputs).logits
    reread = PeftModel.from_pretrained(load_base(root, CASES[case][0]), root / "adapters" / case)(**inputs).logits
    assert torch.equal(reread, unmerged), (case, (reread - unmerged).abs().max())

    tensors = {"logits.base": base, "logits.unmerged": unmerged, "logits.merged": merged}
    if not torch.equal(base, disabled):  # trained biases stay when peft disables the adapter
        tensors["logits.disabled"] = disabled
    return {name: tensor.float() for name, tensor in tensors.items()}


def gradients(model: PeftModel, batch: dict) -> dict:
    loss = model(**batch).loss
    loss.backward()
    tensors = {f"grad.{key}": parameter.grad for key, parameter in trainable(model).items()}
    model.zero_grad()
    return {"loss": loss.reshape(1)} | tensors


def optimizer_of(model: PeftModel) -> torch.optim.AdamW:
    """One group: weight decay acts on biases too."""
    return torch.optim.AdamW(trainable(model).values(), **OPTIMIZER)


def clip(model: PeftModel) -> torch.Tensor:
    return torch.nn.utils.clip_grad_norm_(trainable(model).values(), MAX_NORM)


def train(model: PeftModel, data: list[dict]) -> dict:
    """One batch a step, taking turns; constant learning rate."""
    optimizer, losses, norms = optimizer_of(model), [], []
    for step in range(STEPS):
        loss = model(**data[step % len(data)]).loss
        loss.backward()
        losses.append(loss.detach())
        norms.append(clip(model))
        optimizer.step()
        optimizer.zero_grad()
    return {"steps.loss": torch.stack(losses), "steps.grad_norm": torch.stack(norms), **after("after", model)}


def train_scheduled(model: PeftModel, data: list[dict], by_token: bool, prefix: str) -> dict:
    """
    Each step accumulates both batches. By batch: the mean of the batches' mean losses. By token, as transformers'
    Trainer does since 4.46: the sum over all scored tokens of the step, divided by their number.
    """
    optimizer = optimizer_of(model)
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
        norms.append(clip(model))
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
    return {
        f"{prefix}.loss": torch.stack(losses), f"{prefix}.grad_norm": torch.stack(norms),
        f"{prefix}.lr": torch.tensor(rates, dtype=torch.float64), **after(f"{prefix}.after", model),
    }


def after(prefix: str, model: PeftModel) -> dict:
    return {f"{prefix}.{key}": parameter.detach().clone() for key, parameter in trainable(model).items()}


def report(model: PeftModel, case: str) -> dict:
    count, total = model.get_nb_trainable_parameters()
    printed = io.StringIO()
    with redirect_stdout(printed):
        model.print_trainable_parameters()
    layers = {path: module for path, module in model.base_model.model.named_modules() if isinstance(module, LoraLayer)}
    return {
        "base": CASES[case][0],
        "config": CASES[case][1],
        "targeted_module_names": model.targeted_module_names,
        "modules": {
            path: {"r": layer.r["default"], "lora_alpha": layer.lora_alpha["default"],
                   "scaling": layer.scaling["default"]}
            for path, layer in layers.items()
        },
        "trainable": {"count": count, "total": total, "text": printed.getvalue().strip()},
        "trainable_keys": list(trainable(model)),
        "keys": [{"name": key, "shape": list(tensor.shape), "dtype": str(tensor.dtype).removeprefix("torch.")}
                 for key, tensor in sorted(saved(model).items())],
        "optimizer": OPTIMIZER | {"max_norm": MAX_NORM, "steps": STEPS},
        "sched": SCHEDULE | {"accumulation": ACCUMULATION} if case in SCHEDULED else None,
    }


def golden(root: Path, case: str) -> dict:
    model = build(root, case)
    model.peft_config["default"].base_model_name_or_path = CASES[case][0]
    save(model, root / "adapters" / case)
    write_json(root / "golden/adapters" / f"{case}.json", report(model, case))

    data = batches(case, model.config.vocab_size)
    tensors = dict(data[0])
    tensors |= {f"steps.{key}": torch.stack([batch[key] for batch in data]) for key in data[0]}
    tensors |= logits(root, case, model, inputs_of(data[0]))
    tensors |= gradients(model, data[0])
    tensors |= train(model, data)
    if case in SCHEDULED:
        tensors |= train_scheduled(build(root, case), data, False, "sched")
        tensors |= train_scheduled(build(root, case), data, True, "sched_by_token")
    return tensors


def write(root: Path) -> None:
    for case in CASES:
        write_tensors(root / "golden/adapters" / f"{case}.safetensors", golden(root, case))
