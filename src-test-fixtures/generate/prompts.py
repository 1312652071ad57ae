"""The cases of prompt tuning, P-tuning and multitask prompts, see adapters.py; how prompts start; what they generate."""

from pathlib import Path
from unittest.mock import patch

import torch
from peft import (
    MultitaskPromptTuningConfig, PeftModel, PromptEncoderConfig, PromptTuningConfig, get_peft_model,
)

import adapters
import tasks
from common import token_ids, write_json, write_tensors

FOUR = dict(num_virtual_tokens=4)
ENCODER = "prompt_encoder.default."
TASK_IDS = (1, 0)


def task(name: str, **options) -> dict:
    return dict(task_type=name, **FOUR, **options)


# case → base, arguments of the config
CASES = {
    "llama-prompt": ("llama", task("CAUSAL_LM")),
    # What virtual tokens replace is multiplied by √16 already.
    "gemma-prompt": ("gemma", task("CAUSAL_LM", prompt_tuning_init="SAMPLE_VOCAB")),
    "gpt2-prompt": ("gpt2", task("CAUSAL_LM")),
    "opt-prompt": ("opt", task("CAUSAL_LM")),
    # The second half of the embeddings, for the decoder, is saved and not used.
    "t5-prompt": ("t5", task("SEQ_2_SEQ_LM")),
    "t5-prompt-one-half": ("t5", task("SEQ_2_SEQ_LM", num_transformer_submodules=1)),
    "bart-prompt": ("bart-scaled", task("SEQ_2_SEQ_LM")),
    "bert-prompt-seq-cls": ("bert-heads", task("SEQ_CLS")),
    "roberta-prompt-seq-cls": ("roberta-heads", task("SEQ_CLS")),
    "llama-prompt-seq-cls": ("llama-heads", task("SEQ_CLS")),
    "gpt2-prompt-seq-cls": ("gpt2-heads", task("SEQ_CLS")),
    "bert-prompt-token-cls": ("bert-heads", task("TOKEN_CLS")),
    "bert-prompt-question-ans": ("bert-heads", task("QUESTION_ANS")),
    "bert-prompt-feature": ("bert", task("FEATURE_EXTRACTION")),
}
# With virtual tokens, transformers' classifiers of decoders read the last column, be it padding.
UNPADDED = ("llama-prompt-seq-cls", "gpt2-prompt-seq-cls")

LSTM = dict(encoder_reparameterization_type="LSTM", encoder_hidden_size=6)
P_TUNING = {
    "llama-p-tuning": ("llama", task("CAUSAL_LM", encoder_hidden_size=10)),
    "gpt2-p-tuning-lstm": ("gpt2", task("CAUSAL_LM", **LSTM)),
    "bert-p-tuning-lstm-one-layer": ("bert-heads", task("SEQ_CLS", encoder_num_layers=1, **LSTM)),
    "t5-p-tuning": ("t5", task("SEQ_2_SEQ_LM", encoder_hidden_size=10)),
}

MULTITASK = {
    "llama-multitask": ("llama", task("CAUSAL_LM", num_tasks=3, num_ranks=2)),
    "gpt2-multitask": ("gpt2", task("CAUSAL_LM", num_tasks=2)),
    "bert-multitask": ("bert-heads", task("SEQ_CLS", num_tasks=2)),
    # Virtual tokens before what the decoder reads, too.
    "t5-multitask": ("t5", task("SEQ_2_SEQ_LM", num_tasks=2, num_ranks=2)),
}
SOURCE = "llama-multitask"
SOURCE_MODES = ("AVERAGE_SOURCE_TASKS", "EXACT_SOURCE_TASK", "ONLY_SOURCE_SHARED")

GENERATED = ("llama-prompt", "gemma-prompt", "gpt2-prompt", "t5-prompt", "bart-prompt")
LENGTH, NEW_TOKENS, BEAMS = 6, 6, 3


def flat_key(name: str) -> str:
    """peft saves a copy."""
    assert name == ENCODER + "embedding.weight", name
    return "prompt_embeddings"


def encoder_key(name: str) -> str:
    assert name.startswith(ENCODER), name
    return name.removeprefix(ENCODER)


def of_tasks(case: str, batch: dict) -> dict:
    return dict(task_ids=torch.tensor(TASK_IDS))


def starts(root: Path) -> dict:
    """Prompts that start as the ids of a text, repeated and cut; on embeddings as they are and scaled."""
    ids = token_ids("prompt/text", (3,), 60).tolist()
    tensors = dict(ids=torch.tensor(ids))
    for base in ("llama", "gemma"):
        for count in (2, 5):
            config = PromptTuningConfig(
                task_type="CAUSAL_LM", num_virtual_tokens=count, prompt_tuning_init="TEXT",
                prompt_tuning_init_text="text", tokenizer_name_or_path="tokenizer")
            with patch("transformers.AutoTokenizer.from_pretrained", lambda name: lambda text: dict(input_ids=ids)):
                model = get_peft_model(tasks.load(root, base, "CAUSAL_LM"), config)
            tensors[f"{base}.{count}"] = model.prompt_encoder["default"].embedding.weight
    return tensors


def transferred(root: Path) -> dict:
    """What a task's prompt starts with that was trained on other tasks before."""
    tensors = {}
    for mode in SOURCE_MODES:
        config = MultitaskPromptTuningConfig(
            **task("CAUSAL_LM", num_tasks=1, num_ranks=2), prompt_tuning_init=mode, prompt_tuning_init_task=2,
            prompt_tuning_init_state_dict_path=str(root / "adapters" / SOURCE / "adapter_model.safetensors"))
        model = get_peft_model(tasks.load(root, "llama", "CAUSAL_LM"), config)
        kept = adapters.saved(model)
        if mode == "ONLY_SOURCE_SHARED":  # the others are random
            kept = dict(prompt_embeddings=kept["prompt_embeddings"])
        tensors |= {f"{mode}.{key}": tensor for key, tensor in kept.items()}
    return tensors


def generated(root: Path, name: str, cases: dict = CASES) -> dict:
    """Without padding: peft leaves a gap in the positions where it is."""
    base, arguments = cases[name]
    model = PeftModel.from_pretrained(tasks.load(root, base, arguments["task_type"]), root / "adapters" / name).eval()
    ids = token_ids(f"{name}/generate", (2, LENGTH), model.config.vocab_size)
    options = dict(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=NEW_TOKENS, do_sample=False,
                   eos_token_id=None, pad_token_id=0)
    return {"adapter": name, "base": base, "input_ids": ids.tolist(), "greedy": model.generate(**options).tolist(),
            "beams": model.generate(**options, num_beams=BEAMS).tolist()}


def write(root: Path) -> None:
    prompts = adapters.Method(PromptTuningConfig, CASES, merges=False, key=flat_key, unpadded=UNPADDED)
    adapters.write(root, prompts)
    encoded = adapters.Method(PromptEncoderConfig, P_TUNING, merges=False, key=encoder_key)
    adapters.write(root, encoded)
    for name in P_TUNING:
        model = adapters.build(root, adapters.Case(encoded, name))
        write_tensors(root / "adapters" / name / "prompt_encoder.safetensors",
                      model.prompt_encoder["default"].state_dict())
    shared = adapters.Method(MultitaskPromptTuningConfig, MULTITASK, merges=False, key=flat_key, extra=of_tasks)
    adapters.write(root, shared)
    write_tensors(root / "golden/prompt-starts.safetensors", starts(root) | transferred(root))
    with torch.no_grad():
        write_json(root / "golden/prompt-generation.json",
                   {"new_tokens": NEW_TOKENS, "num_beams": BEAMS, "cases": [generated(root, n) for n in GENERATED]})
