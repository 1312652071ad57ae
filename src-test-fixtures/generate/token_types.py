"""What GPT-2 makes of token types: alone, with adapters, with virtual tokens, and when it generates."""

from pathlib import Path

import torch
from peft import LoraConfig, PrefixTuningConfig, PromptTuningConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoModelForQuestionAnswering, AutoModelForSequenceClassification
from transformers import AutoModelForTokenClassification

from common import load_base, normal, padded, right_padding, token_ids, write_tensors

LENGTHS, WIDTH, NEW_TOKENS, VIRTUAL = (8, 5), 8, 6, 3
TASKS = {
    "CAUSAL_LM": ("gpt2", AutoModelForCausalLM),
    "SEQ_CLS": ("gpt2-heads", AutoModelForSequenceClassification),
    "TOKEN_CLS": ("gpt2-heads", AutoModelForTokenClassification),
    "QUESTION_ANS": ("gpt2-heads", AutoModelForQuestionAnswering),
}
METHODS = {
    "prompt": lambda task: PromptTuningConfig(task_type=task, num_virtual_tokens=VIRTUAL),
    "prefix": lambda task: PrefixTuningConfig(task_type=task, num_virtual_tokens=VIRTUAL),
    "lora": lambda task: LoraConfig(task_type=task, r=2, target_modules=["c_attn"]),
}


def outputs(model, inputs: dict) -> torch.Tensor:
    made = model(**inputs)
    logits = torch.stack([made.start_logits, made.end_logits], -1) if "start_logits" in made else made.logits
    return logits[:, -WIDTH:] if logits.dim() == 3 else logits


def inputs(vocabulary: int) -> dict:
    mask = right_padding(LENGTHS, WIDTH)
    ids = padded(token_ids("token-types", mask.shape, vocabulary), mask, 0)
    types = padded(token_ids("token-types/types", mask.shape, vocabulary), mask, 0)
    return dict(input_ids=ids, attention_mask=mask, token_type_ids=types)


def adapted(root: Path, task: str, method: str):
    base, auto = TASKS[task]
    model = get_peft_model(load_base(root, base, auto=auto), METHODS[method](task)).eval()
    for key, parameter in model.named_parameters():
        if parameter.requires_grad and "modules_to_save" not in key:
            parameter.copy_(normal(f"token-types/{task}/{method}/{key}", parameter.shape, 0.5))
    return model


def trained(model) -> dict:
    return {key.replace(".default", ""): p.detach() for key, p in model.named_parameters()
            if p.requires_grad and "modules_to_save" not in key}


@torch.no_grad()
def write(root: Path) -> None:
    tensors = {}
    for task, (base, auto) in TASKS.items():
        model = load_base(root, base, auto=auto)
        given = inputs(model.config.vocab_size)
        tensors |= given | {f"{task}.logits": outputs(model, given)}
        assert not torch.allclose(tensors[f"{task}.logits"], outputs(model, given | dict(token_type_ids=None)), atol=0.1)
        for method in METHODS if task in ("CAUSAL_LM", "SEQ_CLS") else ():
            model = adapted(root, task, method)
            name = f"{task}.{method}"
            # Behind virtual tokens transformers reads a classification off the last column, padding or not.
            rows = 1 if name == "SEQ_CLS.prompt" else len(LENGTHS)
            tensors[f"{name}.logits"] = outputs(model, {key: value[:rows] for key, value in given.items()})
            tensors |= {f"{name}.{key}": value for key, value in trained(model).items()}
    model = load_base(root, "gpt2")
    one = {key: value[:1] for key, value in inputs(model.config.vocab_size).items()}
    options = dict(max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=None, pad_token_id=0)
    tensors["generated"] = model.generate(**one, **options)[0, WIDTH:]
    write_tensors(root / "golden/token-types.safetensors", tensors)
