"""
What configs call modules by: adapters with names and expressions that only peft's own rules explain, with the logits of
the last position; and regular expressions with what re.fullmatch says of them.
"""

import json
import random
import re
import warnings
from pathlib import Path

import torch
from peft import EvaConfig, IA3Config, LNTuningConfig, LoraConfig, PeftModel, TrainableTokensConfig, get_peft_model
from safetensors.torch import load_file, save_file

import tasks
from common import load_base, normal, token_ids, write_json

WIDTH = 9
QV = dict(target_modules=["q_proj", "v_proj"])


def lora(**options) -> LoraConfig:
    return LoraConfig(**(dict(task_type="CAUSAL_LM", r=2, lora_alpha=4) | options))


# case → base, config
CASES = {
    # modules_to_save matches by the end of a path, not at a dot
    "norm": ("llama", lambda: lora(**QV, modules_to_save=["norm"])),
    "head": ("llama", lambda: lora(**QV, modules_to_save=["head"])),
    "layer-norm": ("opt", lambda: lora(**QV, modules_to_save=["layer_norm"])),
    "norm-ia3": ("llama", lambda: IA3Config(
        task_type="CAUSAL_LM", target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"],
        modules_to_save=["norm"])),
    "norm-seq-cls": ("llama-heads", lambda: lora(task_type="SEQ_CLS", **QV, modules_to_save=["norm"])),
    "container": ("gpt2", lambda: lora(target_modules=["c_attn"], modules_to_save=["0.mlp"])),
    "nothing-to-save": ("gpt-neox", lambda: lora(target_modules=["query_key_value"], modules_to_save=["embed_out"])),
    # starts without effect once trained
    "eva": ("llama", lambda: lora(**QV, init_lora_weights="eva", eva_config=EvaConfig(rho=3.0))),
    "orthogonal": ("llama", lambda: lora(**QV, init_lora_weights="orthogonal")),
    "mica": ("llama", lambda: lora(**QV, init_lora_weights="mica")),
    "alpha-below-zero": ("llama", lambda: lora(**QV, lora_alpha=-3, alpha_pattern={"v_proj": 0})),
    # expressions of Python
    "layers-pattern": ("gpt2", lambda: lora(
        target_modules=["c_attn", "c_fc"], layers_to_transform=[1], layers_pattern="(h|layers)")),
    "layers-patterns": ("llama", lambda: lora(**QV, layers_to_transform=[0], layers_pattern=["h", r"lay\w+"])),
    "count-from-nothing": ("llama", lambda: lora(target_modules=r"model\.layers\.\d{,1}\..*[[qk]_proj")),
    "no-intersection": ("llama", lambda: lora(target_modules=r".*\.[qk&&v]_proj", rank_pattern={"[qk&&v]_proj": 3})),
    "condition": ("llama", lambda: lora(target_modules=r"(model)?.*(?(1)q|k)_proj")),
    "possessive": ("llama", lambda: lora(target_modules=r"(?P<holder>(?:[^.]+\.)++)(?>up|down)_proj\Z")),
    # tokens of an output embedding
    "tokens-of-head": ("llama", lambda: TrainableTokensConfig(
        task_type="CAUSAL_LM", token_indices=[5, 3], target_modules=["lm_head"])),
    "norms": ("bart", lambda: LNTuningConfig(task_type="SEQ_2_SEQ_LM", target_modules=["final_layer_norm"],
                                             modules_to_save=["der.layernorm_embedding"])),
    # the head lies in the base; only its end is a target
    "end-of-head": ("bart-heads", lambda: IA3Config(
        task_type="SEQ_CLS", target_modules=["out_proj"], feedforward_modules=[])),
}
# Names that the model has no module for, as TRL leaves them.
VALUE_HEAD = {"base_model.model.v_head.summary.weight": (1, 32), "base_model.model.v_head.summary.bias": (1,)}


def trained(case: str, model: PeftModel) -> PeftModel:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad or ".lora_B." in name:
                parameter.add_(normal(f"names/{case}/{name}", parameter.shape, 0.1))
    return model.eval()


@torch.no_grad()
def expected(root: Path, case: str, base: str, config) -> dict:
    auto = tasks.CLASSES[config.task_type]
    torch.manual_seed(0)
    model = trained(case, get_peft_model(load_base(root, base, auto=auto), config))
    model.peft_config["default"].base_model_name_or_path = base
    folder = root / "names" / case
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    ids = token_ids(f"names/{case}", (1, WIDTH), model.config.vocab_size)
    if config.task_type == "SEQ_CLS":
        ids[0, -1] = model.config.eos_token_id
    more = {}
    if config.task_type == "SEQ_2_SEQ_LM":
        more["decoder_input_ids"] = token_ids(f"names/{case}/decoder", (1, 4), model.config.vocab_size)
    again = PeftModel.from_pretrained(load_base(root, base, auto=auto), folder).eval()
    logits = again(input_ids=ids, **more).logits
    assert torch.allclose(logits, model(input_ids=ids, **more).logits, rtol=0, atol=1e-5), case
    return {
        "base": base, "task": config.task_type, "ids": ids[0].tolist(),
        "decoder_ids": more["decoder_input_ids"][0].tolist() if more else [],
        "logits": logits.reshape(-1, logits.shape[-1])[-1].tolist(),
    }


def add_value_head(root: Path, cases: dict) -> None:
    source, target = root / "names/orthogonal", root / "names/value-head"
    target.mkdir(parents=True, exist_ok=True)
    (target / "adapter_config.json").write_text((source / "adapter_config.json").read_text())
    tensors = load_file(source / "adapter_model.safetensors")
    tensors |= {name: normal(name, shape, 0.1) for name, shape in VALUE_HEAD.items()}
    save_file(tensors, target / "adapter_model.safetensors", metadata={"format": "pt"})
    cases["value-head"] = cases["orthogonal"]


# Spellings that differ between Python and Java, or that one of them lacks.
SPELLINGS = (
    r"a{,2}", r"a{,}", r"a{", r"a{}", r"(a)?(?(1)b|c)", r"(?P<x>a)(?(x)b|c)", "[[ab]", "[a&&b]", "[a--b]", r"[\d-a]",
    r"a\Z", r"\Aa", r"(?P<x_y>a)(?P=x_y)", "(?>a|ab)b", "a*+b", "a?+a", "a{1,2}+a", "(?i)Ab", "(?i:A)b", "(?s:.)b",
    "(?x) a  b # c", "a(?i)b", r"\141", r"\60", r"\0", r"[\141]", r"[\b]", r"\x61", r"\u0061", r"\N{LATIN SMALL LETTER A}",
    r"(?<=a)b", r"a(?<=a)b", r"(?<=a*)b", r"(?<name>a)", r"\Qa\E", r"\p{L}", r"\h", r"\Ga", "a**", "*a", "^*", "(?a:\\w)b",
    "(?u:\\w)b", "(?L)a", "(?#c)a", "a(?#c)*", "()", "(|a)+", "(a|)*b", "(?:a|ab)(?:c|bcd)(?:d*)", r"(a)\1", r"\1(a)",
    r"(a\1)", "(?!a)b", "(?=a)a", "[]a]", "[^]a]", "[a", "(a", "a)", "[b-a]", "a|b|", "$a", "a$", "^a", r"\ba\b", r"\Ba",
    r"\_", r"\-", "\\", "(?P=a)", "(?P<1>a)", "(?P<a>b)(?P<a>c)", "(?(2)a)", "(?(0)a)", "a{2,1}", "a{4294967295}",
    "(?-i:a)", "(?i-i:a)", "(?i-s:A)", "é", r"\w", "[[:alpha:]]",
)
TEXTS = ("", "a", "b", "ab", "aa", "aab", "abcd", "A", "Ab", "AB", "\n", "a\n", "é", "_", "-", "]", "[", "&", "0", "a{",
         "a{}", "c", "ac", "(?", ":", "a b", "bb")


def draw(source: random.Random, depth: int) -> str:
    """A random expression."""
    kind = source.random()
    if kind < 0.5 or depth == 0:
        part = source.choice(("a", "b", ".", r"\w", "[ab]", "[^a]", r"\d", "a", "b", r"\b", "$", r"\1", "(?(1)a|b)"))
    else:
        inner = "|".join("".join(draw(source, depth - 1) for _ in range(source.randint(1, 2)))
                         for _ in range(source.choice((1, 1, 2))))
        part = source.choice(("(", "(", "(?:", "(?>", "(?=", "(?!", "(?i:", "(?<=")) + inner + ")"
    if source.random() < 0.4:
        part += source.choice("*+?") if source.random() < 0.6 else source.choice(("{,2}", "{2}", "{1,}"))
        part += source.choice(("", "", "?", "+"))
    return part


def judged(expression: str) -> dict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pattern = re.compile(expression)
        except (re.error, OverflowError):
            return {"expression": expression, "matches": None}
    return {"expression": expression, "matches": [text for text in TEXTS if pattern.fullmatch(text)]}


def write(root: Path) -> None:
    cases = {case: expected(root, case, base, config()) for case, (base, config) in CASES.items()}
    add_value_head(root, cases)
    write_json(root / "golden/names.json", cases)
    source = random.Random(13)
    drawn = ["".join(draw(source, 1) for _ in range(source.randint(1, 3))) for _ in range(300)]
    patterns = {"texts": list(TEXTS), "patterns": [judged(expression) for expression in (*SPELLINGS, *drawn)]}
    (root / "golden/patterns.json").write_text(json.dumps(patterns, ensure_ascii=False, indent=None) + "\n", encoding="utf-8")
