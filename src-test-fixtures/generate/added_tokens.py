"""
Adapters whose file holds more than what was trained: peft's copies of the tables of the vocabulary, which it writes
where the vocabulary was resized or where they are targets, and trained copies a second time, under the names that they
have inside its wrappers. And what transformers gives new tokens when it resizes.
"""

import json
from pathlib import Path

import torch
from peft import (
    IA3Config, LoraConfig, PeftModel, PromptTuningConfig, TrainableTokensConfig, get_peft_model,
)
from safetensors.torch import load_file

import tasks
from common import load_base, normal, token_ids, write_json, write_tensors

FOLDER = "added-tokens"
LM, CLS, S2S = "CAUSAL_LM", "SEQ_CLS", "SEQ_2_SEQ_LM"
TOKENS = [96, 97]


def lora(task: str = LM, targets=("q_proj", "v_proj"), **more):
    return LoraConfig(task_type=task, r=2, lora_alpha=4, target_modules=list(targets), **more)


# name → base, config; tokens: the vocabulary; save: save_embedding_layers; trained, opened: dtypes; changed: whether the
# tables changed before training; unsaved: peft saves no table, because it finds no module of the name
CASES = {
    "resized-modules": ("gpt2-scaled", lora(targets=["c_attn"], modules_to_save=["wte", "lm_head"]), dict(tokens=98)),
    "resized-plain": ("gpt2-scaled", lora(targets=["c_attn"]), dict(tokens=98)),
    "resized-modules-tied": ("qwen3", lora(modules_to_save=["embed_tokens"]), dict(tokens=98)),
    "resized-modules-ensured": (
        "qwen3", lora(modules_to_save=["embed_tokens"], ensure_weight_tying=True), dict(tokens=98)),
    "resized-rows": ("gpt2-scaled", lora(targets=["c_attn"], trainable_token_indices=TOKENS), dict(tokens=98)),
    "resized-rows-tied": ("qwen3", lora(trainable_token_indices=TOKENS), dict(tokens=98)),
    "resized-rows-alone": ("opt", TrainableTokensConfig(task_type=LM, token_indices=TOKENS), dict(tokens=98)),
    "resized-embedding": ("qwen3", lora(targets=["q_proj", "embed_tokens"]), dict(tokens=98)),
    "resized-ia3": (
        "opt", IA3Config(task_type=LM, target_modules=["k_proj"], feedforward_modules=[]), dict(tokens=104)),
    "resized-prompt": ("opt", PromptTuningConfig(task_type=LM, num_virtual_tokens=2), dict(tokens=98)),
    "resized-bart": ("bart", lora(S2S), dict(tokens=98)),
    "resized-t5-side": ("t5", lora(S2S, ["q", "embed_tokens"]), dict(tokens=98, unsaved=True)),
    "shrunk": ("qwen3", lora(), dict(tokens=90)),
    "saved-modules-tied": ("qwen3", lora(modules_to_save=["embed_tokens"]), dict(save=True)),
    "saved-rows-tied": ("qwen3", lora(trainable_token_indices=[5, 60]), dict(save=True)),
    "saved-prompt-changed": ("opt", PromptTuningConfig(task_type=LM, num_virtual_tokens=2), dict(save=True, changed=True)),
    "saved-t5-ensured": ("t5", lora(S2S, ["q"], modules_to_save=["embed_tokens"], ensure_weight_tying=True), {}),
    "saved-side-changed": ("t5", lora(S2S, ["q", "embed_tokens"]), dict(save=True, changed=True)),
    "changed-tied": ("qwen3", lora(), dict(save=True, changed=True)),
    "changed-target": ("gpt2-scaled", lora(targets=["wte", "c_attn"]), dict(save=True, changed=True)),
    "bfloat16-plain": ("gpt2-scaled", lora(targets=["c_attn"]), dict(save=True, trained="bfloat16")),
    "bfloat16-head": (
        "gpt2-scaled", lora(targets=["lm_head", "c_attn"]), dict(save=True, trained="bfloat16")),
    "opened-as-bfloat16": ("gpt2-scaled", lora(targets=["c_attn"]), dict(save=True, opened="bfloat16")),
    "biases-head": ("bert-heads", lora(CLS, ["query"], bias="all"), {}),
    "biases-deep-head": ("roberta-heads", lora(CLS, ["query"], bias="all"), {}),
    "biases-module": ("gpt2", lora(targets=["c_attn"], bias="all", modules_to_save=["ln_f"]), {}),
}
RESIZED = {"qwen3": LM, "gpt2-scaled": LM, "bart": S2S, "t5": S2S}


def load(root: Path, base: str, task: str, options: dict, dtype: str):
    model = load_base(root, base, dtype=getattr(torch, dtype), auto=tasks.CLASSES[task])
    model.name_or_path = str(root / "bases" / base)
    if "tokens" in options:
        torch.manual_seed(0)
        model.resize_token_embeddings(options["tokens"])
    if "unsaved" in options:  # what is drawn once is not drawn again
        table = model.get_input_embeddings().weight.data
        table[96:] = table[:96].mean(0)
    return model


@torch.no_grad()
def train(case: str, model, config, options: dict) -> PeftModel:
    """What training would do: every trainable parameter gets other values."""
    if options.get("changed"):
        model.get_input_embeddings().weight[3:6] += 0.25
        model.get_output_embeddings().weight[7:9] -= 0.25
    model = get_peft_model(model, config)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter += normal(f"{case}/{name}", parameter.shape, 0.2).to(parameter.dtype)
    return model


def save(model: PeftModel, base: str, options: dict, folder: Path) -> None:
    # peft looks for the base's config to see whether the vocabulary is another one
    model.save_pretrained(folder, save_embedding_layers=options.get("save", "auto"))
    (folder / "README.md").unlink(missing_ok=True)
    config = folder / "adapter_config.json"
    facts = json.loads(config.read_text()) | dict(base_model_name_or_path=base)
    config.write_text(json.dumps(facts, indent=2, sort_keys=True))


def inputs_of(case: str, task: str, tokens: int) -> dict:
    ids = token_ids(case, (1, 8), tokens)
    ids[0, 2], ids[0, 5] = tokens - 1, 4
    inputs = dict(input_ids=ids)
    return inputs | dict(decoder_input_ids=ids.flip(1)) if task == S2S else inputs


@torch.no_grad()
def write(root: Path) -> None:
    golden = {}
    for case, (base, config, options) in CASES.items():
        task, folder = config.task_type, root / FOLDER / case
        model = train(case, load(root, base, task, options, options.get("trained", "float32")), config, options)
        save(model, base, options, folder)
        opened = options.get("opened", "float32")
        again = PeftModel.from_pretrained(load(root, base, task, options, opened), folder).eval()
        inputs = inputs_of(case, task, options.get("tokens", 96))
        logits = again(**inputs).logits.float()
        golden[case] = dict(
            base=base, task=task, opened=opened, tokens=options.get("tokens", 96),
            tensors=sorted(load_file(folder / "adapter_model.safetensors")),
            saved="unsaved" not in options, prompt=config.is_prompt_learning,
            logits=logits[0, -1].tolist() if task != CLS else logits[0].tolist(),
        ) | {name: ids[0].tolist() for name, ids in inputs.items()}
    write_json(root / "golden/added-tokens.json", golden)
    tables = {}
    for base, task in RESIZED.items():
        model = load(root, base, task, dict(tokens=98), "float32")
        tables[f"{base}.input"] = model.get_input_embeddings().weight[96:]
        tables[f"{base}.output"] = model.get_output_embeddings().weight[96:]
    write_tensors(root / "golden/resized.safetensors", tables)
