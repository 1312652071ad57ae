"""LoRA adapters saved by peft, and what peft computes and trains with them."""

import copy
import io
from contextlib import redirect_stdout
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from peft.tuners.lora import LoraLayer
from transformers import get_scheduler

import tasks
from common import normal, write_json, write_tensors

CAUSAL = dict(task_type="CAUSAL_LM", r=4, lora_alpha=8, lora_dropout=0.0)
QV = dict(target_modules=["q_proj", "v_proj"])


def task(name: str, **options) -> dict:
    """Without target_modules: peft takes the architecture's own, where it knows it."""
    return dict(task_type=name, r=4, lora_alpha=8, lora_dropout=0.0, **options)



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
    **{f"{base}-default-targets": (base, CAUSAL) for base in ("gpt2", "gpt-neox", "opt", "qwen3", "gemma", "gemma2")},
    # peft knows no targets for these two.
    "phi3-fused": ("phi3", CAUSAL | dict(target_modules=["qkv_proj", "gate_up_proj"])),
    "distilbert-seq-cls": ("distilbert-heads", task("SEQ_CLS", target_modules=["q_lin", "v_lin"])),
    "gpt2-all-linear": ("gpt2", CAUSAL | dict(target_modules="all-linear")),
    "bert-seq-cls": ("bert-heads", task("SEQ_CLS")),
    "bert-seq-cls-all-linear": ("bert-heads", task("SEQ_CLS", target_modules="all-linear")),
    # The head exists in the adapter only.
    "bert-seq-cls-fresh": ("bert", task("SEQ_CLS")),
    "bert-regression": ("bert-regression", task("SEQ_CLS")),
    "roberta-seq-cls": ("roberta-heads", task("SEQ_CLS")),
    "gpt2-seq-cls": ("gpt2-heads", task("SEQ_CLS")),
    "llama-seq-cls": ("llama-heads", task("SEQ_CLS")),
    "bert-token-cls": ("bert-heads", task("TOKEN_CLS")),
    "bert-question-ans": ("bert-heads", task("QUESTION_ANS")),
    "t5-seq2seq": ("t5", task("SEQ_2_SEQ_LM")),
    "bart-seq2seq": ("bart", task("SEQ_2_SEQ_LM")),
    "bert-feature": ("bert", task("FEATURE_EXTRACTION")),
    "tied-lora-bias": ("llama-tied-scaled", CAUSAL | dict(target_modules=["q_proj", "up_proj"], lora_bias=True)),
}
SCHEDULED = ("llama-plain", "qwen2-bias-all")

OPTIMIZER = dict(lr=5e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
MAX_NORM = 1.0
STEPS = 20
SCHEDULE = dict(name="linear", num_warmup_steps=4, num_training_steps=12)
ACCUMULATION = 2


def load(root: Path, case: str):
    base, options = CASES[case]
    return tasks.load(root, base, options["task_type"])


def build(root: Path, case: str) -> PeftModel:
    torch.manual_seed(0)
    model = get_peft_model(load(root, case), LoraConfig(**copy.deepcopy(CASES[case][1])))
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


@torch.no_grad()
def outputs(root: Path, case: str, model: PeftModel, inputs: dict) -> dict:
    """logits.base and so on, or what else the task computes."""
    fresh = tasks.has_fresh_head(root, *CASES[case])
    unmerged = tasks.outputs(model, inputs)
    variants = {"unmerged": unmerged, "merged": tasks.outputs(copy.deepcopy(model).merge_and_unload(), inputs)}
    if not fresh:
        base = variants["base"] = tasks.outputs(load(root, case), inputs)
        with model.disable_adapter():
            disabled = tasks.outputs(model, inputs)
        if not same(base, disabled):  # trained biases stay when peft disables the adapter
            variants["disabled"] = disabled
    reread = tasks.outputs(PeftModel.from_pretrained(load(root, case), root / "adapters" / case), inputs)
    assert same(reread, unmerged), case
    return {f"{name}.{variant}": tensor.float() for variant, tensors in variants.items()
            for name, tensor in tensors.items()}


def same(one: dict, other: dict) -> bool:
    return all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def gradients(model: PeftModel, batch: dict) -> dict:
    loss = tasks.loss(model, batch)
    loss.backward()
    tensors = {f"grad.{key}": parameter.grad for key, parameter in trainable(model).items()}
    model.zero_grad()
    return {"loss": loss.reshape(1)} | tensors


def shifts(case: str, model: PeftModel) -> list[str]:
    """
    Trainable biases that move every score of a softmax by the same: their gradient is zero but for rounding, and AdamW
    makes steps of full size out of that.
    """
    answers = CASES[case][1]["task_type"] == "QUESTION_ANS"
    return [key for key in trainable(model) if answers and key.endswith("qa_outputs.bias")]


def optimizer_of(model: PeftModel) -> torch.optim.AdamW:
    """One group: weight decay acts on biases too."""
    return torch.optim.AdamW(trainable(model).values(), **OPTIMIZER)


def clip(model: PeftModel) -> torch.Tensor:
    return torch.nn.utils.clip_grad_norm_(trainable(model).values(), MAX_NORM)


def train(model: PeftModel, data: list[dict]) -> dict:
    """One batch a step, taking turns; constant learning rate."""
    optimizer, losses, norms = optimizer_of(model), [], []
    for step in range(STEPS):
        loss = tasks.loss(model, data[step % len(data)])
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
    return ({"shifts": shifts(case, model)} if shifts(case, model) else {}) | {
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

    data = tasks.batches(case, model.config, CASES[case][1]["task_type"])
    tensors = dict(data[0])
    tensors |= {f"steps.{key}": torch.stack([batch[key] for batch in data]) for key in data[0]}
    tensors |= outputs(root, case, model, data[0])
    tensors |= gradients(model, data[0])
    tensors |= train(model, data)
    for key in shifts(case, model):
        tensors = {name: tensor for name, tensor in tensors.items() if name not in (f"grad.{key}", f"after.{key}")}
    if case in SCHEDULED:
        tensors |= train_scheduled(build(root, case), data, False, "sched")
        tensors |= train_scheduled(build(root, case), data, True, "sched_by_token")
    return tensors


def write(root: Path) -> None:
    for case in CASES:
        write_tensors(root / "golden/adapters" / f"{case}.safetensors", golden(root, case))
