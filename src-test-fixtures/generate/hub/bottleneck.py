"""Bottleneck adapters, Compacter, stacks and AdapterFusion by the adapters library: see ../README.md."""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

import adapters  # the library; ../adapters.py has the same name, so the folder above comes last
import adapters.loading
import torch
from adapters import BnConfig, CompacterConfig, CompacterPlusPlusConfig, DoubleSeqBnConfig, ParBnConfig, SeqBnConfig
from adapters.composition import Fuse, Stack
from safetensors.torch import load_file, save_file

sys.path.append(str(Path(__file__).resolve().parent.parent))
import common
import tasks

common.WITHOUT_SDPA += ("t5",)  # in this older transformers
OPTIMIZER = dict(lr=5e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
MAX_NORM = 1.0
STEPS = 20
PEFT_VERSION = "0.21.2"
NAME = "task"
PREFIX = "base_model.model."
KINDS = (".adapters.", ".shared_parameters.", ".adapter_fusion_layer.", ".prefix_tunings.", ".prefix_gates.")
# the library's name → peft's, and this project's for what peft has not
LORA = {"lora_A": "lora_A.weight", "lora_B": "lora_B.weight",
        "gate.weight": "lora_gate.weight", "gate.bias": "lora_gate.bias"}

CAUSAL, CLS, SEQ2SEQ = "CAUSAL_LM", "SEQ_CLS", "SEQ_2_SEQ_LM"
SMALL = dict(reduction_factor=4)
PHM = dict(reduction_factor=4, phm_dim=2)

# case → base, task, config
CASES = {
    "bn-llama-houlsby": ("llama", CAUSAL, DoubleSeqBnConfig(**SMALL)),
    "bn-llama-pfeiffer": ("llama", CAUSAL, SeqBnConfig(reduction_factor={"1": 8, "default": 4})),
    "bn-llama-parallel": ("llama", CAUSAL, ParBnConfig(**SMALL)),
    "bn-llama-norms": ("llama", CAUSAL, DoubleSeqBnConfig(
        **SMALL, ln_before=True, ln_after=True, original_ln_before=True, residual_before_ln=False, leave_out=[0],
        non_linearity="tanh",
    )),
    "bn-gpt2-houlsby": ("gpt2", CAUSAL, DoubleSeqBnConfig(**SMALL, non_linearity="leakyrelu")),
    "bn-gpt2-scaled-parallel": ("gpt2", CAUSAL, ParBnConfig(**SMALL, scaling="learned", mh_adapter=True)),
    "bn-bert-houlsby": ("bert-heads", CLS, DoubleSeqBnConfig(**SMALL, non_linearity="gelu")),
    "bn-bert-pfeiffer": ("bert-heads", CLS, SeqBnConfig(**SMALL)),
    "bn-bert-post-add": ("bert-heads", CLS, SeqBnConfig(
        **SMALL, residual_before_ln="post_add", ln_after=True, adapter_residual_before_ln=True,
    )),
    "bn-bert-replacing": ("bert-heads", CLS, BnConfig(
        mh_adapter=True, output_adapter=True, **SMALL, non_linearity="swish", original_ln_before=True,
        original_ln_after=False, residual_before_ln=False, scaling="channel", init_weights="houlsby",
    )),
    "bn-bert-gated-parallel": ("bert-heads", CLS, ParBnConfig(**SMALL, use_gating=True)),
    "bn-roberta-gated": ("roberta-heads", CLS, SeqBnConfig(**SMALL, use_gating=True)),
    "bn-distilbert-pfeiffer": ("distilbert-heads", CLS, SeqBnConfig(**SMALL, mh_adapter=True)),
    "bn-t5-houlsby": ("t5", SEQ2SEQ, DoubleSeqBnConfig(**SMALL, cross_adapter=True, leave_out=[1])),
    "bn-t5-parallel": ("t5", SEQ2SEQ, ParBnConfig(**SMALL)),
    "bn-bart-pfeiffer": ("bart", SEQ2SEQ, SeqBnConfig(**SMALL, cross_adapter=True, mh_adapter=True)),
    "bn-llama-compacter-plus-plus": ("llama", CAUSAL, CompacterPlusPlusConfig(**PHM)),
    "bn-gpt2-compacter": ("gpt2", CAUSAL, CompacterConfig(
        **PHM, shared_phm_rule=False, factorized_phm_W=False, phm_bias=False,
    )),
    "bn-bert-compacter": ("bert-heads", CLS, CompacterConfig(**PHM, phm_rank=2)),
    "bn-distilbert-compacter-shared": ("distilbert-heads", CLS, CompacterConfig(
        **PHM, factorized_phm_rule=True, shared_W_phm=True,
    )),
    # The library forgets to save what is shared where the model has no prefix, as T5.
    "bn-t5-compacter": ("t5", SEQ2SEQ, CompacterConfig(**PHM, shared_phm_rule=False, cross_adapter=True)),
}
# pairs of the cases above, stacked: the first is nearest to the base
STACKS = {
    "stack-bert": ("bn-bert-houlsby", "bn-bert-pfeiffer"),
    "stack-llama": ("bn-llama-pfeiffer", "bn-llama-houlsby"),
    "stack-gpt2": ("bn-gpt2-houlsby", "bn-gpt2-compacter"),
}
# fusion → members and the fusion's config
FUSIONS = {
    "fusion-bert": (("bn-bert-pfeiffer", "bn-bert-other"), "dynamic", {}),
    "fusion-llama": (("bn-llama-parallel", "bn-llama-other"), "static", {}),
    "fusion-t5": (("bn-t5-parallel", "bn-t5-other"), "dynamic", dict(
        query_before_ln=True, residual_before=True, value_before_softmax=False, regularization=False,
    )),
}
CASES |= {
    "bn-bert-other": ("bert-heads", CLS, SeqBnConfig(reduction_factor=8)),
    "bn-llama-other": ("llama", CAUSAL, ParBnConfig(reduction_factor=8)),
    "bn-t5-other": ("t5", SEQ2SEQ, ParBnConfig(reduction_factor=8)),
}


def clones(tensors: dict, path: str) -> None:
    """The library cannot write what torch shares between two names, such as the norm of ln_before."""
    save_file({name: tensor.clone() for name, tensor in tensors.items()}, path)


adapters.loading.save_file = clones


def load(root: Path, base: str, task: str):
    model = tasks.load(root, base, task)
    model.config._name_or_path = base
    adapters.init(model)
    return model


@dataclass
class Tested:
    """A model with its adapters; what is trained by the key that this project saves it under."""

    model: torch.nn.Module
    base: str
    task: str
    trained: dict = field(default_factory=dict)


def ours(name: str, key: str) -> str:
    path, lora, rest = f".{key}".rpartition(f".loras.{name}.")
    if lora:
        return PREFIX + f"{path}.{LORA[rest]}".removeprefix(".")
    for kind in KINDS:
        key = f".{key}".replace(f"{kind}{name}.", kind).removeprefix(".")
    return PREFIX + key.replace(".prefix_tunings.self.", ".prefix_tunings.self_prefix.")  # as other families say


def head_of(model) -> dict:
    """The task's head, which is trained with every adapter; a language model's is not."""
    base = model.base_model_prefix + "."
    return {key: parameter for key, parameter in model.named_parameters()
            if not key.startswith(base) and ("classifier" in key) and "adapters" not in key}


def belongs(key: str, name: str) -> bool:
    return any(f"{kind}{name}." in f".{key}" for kind in (*KINDS, ".loras."))


def parameters_of(model, name: str) -> dict:
    """Each once: a norm of ln_before has two names, of which the first says what it is; prefixes lie in every layer."""
    found = {}
    for key, parameter in model.named_parameters(remove_duplicate=False):
        known = any(parameter is other for other in found.values())
        if belongs(key, name) and not known and ".prefix_tuning.pool." not in key:
            found[ours(name, key)] = parameter
    return found


def add(model, case: str, name: str, config) -> None:
    torch.manual_seed(0)
    model.add_adapter(name, config=config)
    start(case, parameters_of(model, name))


def start(case: str, parameters: dict) -> None:
    with torch.no_grad():
        for key, parameter in parameters.items():
            parameter.copy_(parameter + common.normal(f"{case}/{key}", parameter.shape, 0.1))


def build(root: Path, case: str, base: str, task: str, config) -> Tested:
    model = load(root, base, task)
    add(model, case, NAME, config)
    model.train_adapter(NAME)
    return ready(case, model, base, task, NAME)


def ready(case: str, model, base: str, task: str, name: str) -> Tested:
    head = {PREFIX + key: parameter for key, parameter in head_of(model).items()}
    start(case, head)
    trained = parameters_of(model, name) | head
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(any(parameter is other for other in trained.values()))
    return Tested(model.eval(), base, task, dict(sorted(trained.items())))


def saved_modules(tested: Tested) -> list | None:
    head = {key.removeprefix(PREFIX).split(".")[0] for key in tested.trained if "classifier" in key}
    return sorted(head) or None


def write_ours(folder: Path, tested: Tested, config: dict) -> None:
    """The same adapter in this project's own format: the library's keys, renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    common.write_json(folder / "adapter_config.json", config | dict(
        task_type=tested.task, base_model_name_or_path=tested.base, revision=None, auto_mapping=None,
        peft_version=PEFT_VERSION, inference_mode=True, modules_to_save=saved_modules(tested),
    ))
    save_file({key: value.detach().clone().contiguous() for key, value in tested.trained.items()},
              folder / "adapter_model.safetensors", metadata={"format": "pt"})


def optimizer_of(tested: Tested) -> torch.optim.AdamW:
    return torch.optim.AdamW(tested.trained.values(), **OPTIMIZER)


def step(tested: Tested, optimizer, batch: dict):
    loss = tasks.loss(tested.model, batch)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(tested.trained.values(), MAX_NORM)
    optimizer.step()
    optimizer.zero_grad()
    return loss.detach(), norm


def golden(root: Path, case: str, tested: Tested, with_padding: bool = True) -> dict:
    data = tasks.batches(case, tested.model.config, tested.task, with_padding)
    tensors = dict(data[0])
    tensors |= {f"steps.{key}": torch.stack([batch[key] for batch in data]) for key in data[0]}
    with torch.no_grad():
        variants = {"base": tasks.outputs(tasks.load(root, tested.base, tested.task), data[0]),
                    "unmerged": tasks.outputs(tested.model, data[0])}
    tensors |= {f"{name}.{variant}": tensor.float() for variant, outputs in variants.items()
                for name, tensor in outputs.items()}
    loss = tasks.loss(tested.model, data[0])
    loss.backward()
    tensors["loss"] = loss.detach().reshape(1)
    tensors |= {f"grad.{key}": parameter.grad.clone() for key, parameter in tested.trained.items()}
    tested.model.zero_grad()
    optimizer = optimizer_of(tested)
    losses, norms = zip(*(step(tested, optimizer, data[number % len(data)]) for number in range(STEPS)))
    tensors |= {"steps.loss": torch.stack(losses), "steps.grad_norm": torch.stack(norms)}
    tensors |= {f"after.{key}": parameter for key, parameter in tested.trained.items()}
    return {name: tensor for name, tensor in tensors.items() if not is_shift(name)}


def is_shift(name: str) -> bool:
    """It moves every score of a softmax by the same: the gradient is zero but for rounding."""
    return name.startswith(("grad.", "after.")) and name.endswith(".adapter_fusion_layer.key.bias")


def report(root: Path, tested: Tested, config: dict, members: dict) -> dict:
    base = sum(p.numel() for p in tasks.load(root, tested.base, tested.task).parameters())
    count = sum(parameter.numel() for parameter in tested.trained.values())
    total = base + count + sum(
        tensor.numel() for member in members.values()
        for tensor in load_file(root / "adapters" / member / "adapter_model.safetensors").values())
    text = f"trainable params: {count:,d} || all params: {total:,d} || trainable%: {100 * count / total:.4f}"
    return {
        "base": tested.base,
        "config": config | dict(task_type=tested.task),
        "members": members,
        "trainable": {"count": count, "total": total, "text": text},
        "keys": [{"name": key, "shape": list(tensor.shape), "dtype": "float32"}
                 for key, tensor in tested.trained.items()],
        "optimizer": OPTIMIZER | {"max_norm": MAX_NORM, "steps": STEPS},
    }


def write_case(root: Path, case: str) -> None:
    tested = build(root, case, *CASES[case])
    save(root, case, tested)
    config = dict(tested.model.adapters_config.get(NAME).to_dict(), peft_type="BOTTLENECK")
    write_ours(root / "adapters" / case, tested, config)
    common.write_json(root / "golden/adapters" / f"{case}.json", report(root, tested, config, {}))
    common.write_tensors(root / "golden/adapters" / f"{case}.safetensors", golden(root, case, tested))


def save(root: Path, case: str, tested: Tested) -> None:
    (root / "hub" / case).mkdir(parents=True, exist_ok=True)
    tested.model.save_adapter(root / "hub" / case, NAME, use_safetensors=True)
    check_reread(root, case, tested)


def check_reread(root: Path, case: str, tested: Tested) -> None:
    data = tasks.batches(case, tested.model.config, tested.task)[0]
    other = load(root, tested.base, tested.task)
    other.load_adapter(str(root / "hub" / case), set_active=True, use_safetensors=True)
    with torch.no_grad():
        for name, expected in tasks.outputs(tested.model, data).items():
            assert torch.equal(tasks.outputs(other.eval(), data)[name], expected), case


def write_stack(root: Path, name: str) -> None:
    members = STACKS[name]
    base, task, _ = CASES[members[0]]
    model = load(root, base, task)
    for number, case in enumerate(members):
        model.load_adapter(str(root / "hub" / case), load_as=f"m{number}", use_safetensors=True)
    model.active_adapters = Stack("m0", "m1")
    data = tasks.batches(name, model.config, task)[0]
    with torch.no_grad():
        outputs = tasks.outputs(model.eval(), data)
    common.write_json(root / "golden/hub" / f"{name}.json", {"members": members})
    common.write_tensors(root / "golden/hub" / f"{name}.safetensors", data | outputs)


def write_fusion(root: Path, case: str) -> None:
    members, kind, changes = FUSIONS[case]
    base, task, _ = CASES[members[0]]
    model = load(root, base, task)
    names = [f"m{number}" for number in range(len(members))]
    for name, member in zip(names, members):
        model.load_adapter(str(root / "hub" / member), load_as=name, use_safetensors=True, with_head=False)
    torch.manual_seed(0)
    model.add_adapter_fusion(names, adapters.AdapterFusionConfig.load(kind, **changes))
    model.active_adapters = Fuse(*names)
    fused = ",".join(names)
    start(case, parameters_of(model, fused))
    tested = ready(case, model, base, task, fused)
    (root / "hub" / case).mkdir(parents=True, exist_ok=True)
    model.save_adapter_fusion(root / "hub" / case, names, use_safetensors=True)
    config = dict(model.adapters_config.get_fusion(names)[0].to_dict(), peft_type="ADAPTER_FUSION",
                  adapter_names=names, dropout_prob=0.0)
    write_ours(root / "adapters" / case, tested, config)
    known = dict(zip(names, members))
    common.write_json(root / "golden/adapters" / f"{case}.json", report(root, tested, config, known))
    tensors = golden(root, case, tested)
    penalty = model.base_model.get_fusion_regularization_loss()
    if penalty is not None:
        tensors["penalty_after"] = penalty.detach().reshape(1)
    common.write_tensors(root / "golden/adapters" / f"{case}.safetensors", tensors)


def run(description: str, *groups: tuple) -> None:
    """Writes the cases of each group, a dictionary and what writes one by its name; --only chooses."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=Path, default=common.RESOURCES)
    parser.add_argument("--only", nargs="*", help="names of cases")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for names, write in groups:
        for name in names:
            if not options.only or name in options.only:
                write(options.root, name)
                print(name)


if __name__ == "__main__":
    run(__doc__, (CASES, write_case), (STACKS, write_stack), (FUSIONS, write_fusion))
