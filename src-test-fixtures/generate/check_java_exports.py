"""
Checks with transformers and peft what Java wrote: python check_java_exports.py FOLDER [--fixtures FOLDER].

FOLDER/<case>/golden.safetensors   input_ids, attention_mask, and what else the model reads: token_type_ids,
                                   decoder_input_ids, decoder_attention_mask; what Java computed from them: logits and
                                   logits.merged, for answers start_logits and end_logits, for features hidden_last
FOLDER/<case>/adapter/             optional: an adapter; its base_model_name_or_path names a base fixture
FOLDER/<case>/merged/              optional: a merged checkpoint
"""

import argparse
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

import tasks
from common import RESOURCES, attention

# Absolute, for float32 models.
TOLERANCE = 1e-5
# bfloat16 keeps eight bits: relative to the largest logit.
BFLOAT16_TOLERANCE = 3e-2

INPUTS = (
    "input_ids", "attention_mask", "token_type_ids", "decoder_input_ids", "decoder_attention_mask", "task_ids",
)
# A file may hold the heads of several tasks, and BERT's pooler, which some of them do without.
HEADS = ("classifier.", "pre_classifier.", "score.", "qa_outputs.", "classification_head.", "bert.pooler.")

Check = tuple[str, bool, str]


def compare_outputs(what: str, model, golden: dict, suffix: str):
    with torch.no_grad():
        expected = tasks.outputs(model, {name: golden[name].long() for name in INPUTS if name in golden})
    for name, tensor in expected.items():
        yield compare_output(f"{what} {name}", tensor.float(), golden, name + suffix, model.dtype)


def compare_output(what: str, expected: torch.Tensor, golden: dict, name: str, dtype) -> Check:
    """Where there is a value for every token, at those that the mask keeps."""
    if name not in golden:
        return what, False, f"golden.safetensors holds no {name}"
    actual = golden[name].float()
    if actual.shape != expected.shape:
        return what, False, f"shape {list(actual.shape)}, expected {list(expected.shape)}"
    mask = golden.get("decoder_attention_mask", golden["attention_mask"]).bool()
    if expected.shape[:2] == mask.shape:
        actual, expected = actual[mask], expected[mask]
    difference = (actual - expected).abs().max().item()
    limit = BFLOAT16_TOLERANCE * expected.abs().max().item() if dtype == torch.bfloat16 else TOLERANCE
    return what, difference <= limit, f"largest difference {difference:.2e}, allowed {limit:.0e}"


def compare_tensors(what: str, written: dict, again: dict) -> Check:
    """Same names, types, shapes and bytes as peft saves after loading."""
    problems = [f"unexpected {key}" for key in sorted(written.keys() - again.keys())]
    problems += [f"missing {key}" for key in sorted(again.keys() - written.keys())]
    for key in sorted(written.keys() & again.keys()):
        ours, theirs = written[key], again[key]
        if (ours.dtype, ours.shape) != (theirs.dtype, theirs.shape):
            problems.append(f"{key} is {ours.dtype} {list(ours.shape)}, expected {theirs.dtype} {list(theirs.shape)}")
        elif not torch.equal(ours, theirs):
            problems.append(f"{key} holds other values")
    return what, not problems, "; ".join(problems) or f"{len(written)} tensors"


def check_adapter(case: Path, golden: dict, fixtures: Path):
    folder = case / "adapter"
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    if config["peft_type"] == "SELECTIVE":
        yield from check_selective(case, golden, fixtures, config)
        return
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        base = tasks.load(fixtures, config["base_model_name_or_path"], config["task_type"])
        resized = "logits" in golden and has_other_vocabulary(base, golden["logits"].shape[-1])
        if resized:
            base.resize_token_embeddings(golden["logits"].shape[-1])
        model = PeftModel.from_pretrained(base, folder).eval()
    complaints = [str(warning.message) for warning in seen if "adapter keys" in str(warning.message)]
    yield f"{case.name}: adapter loads without complaint", not complaints, "; ".join(complaints)
    yield from compare_outputs(f"{case.name}: adapter", model, golden, "")

    with tempfile.TemporaryDirectory() as scratch:
        # Java does not repeat the frozen weights of targeted embeddings, and trained copies under their wrapper's name.
        model.save_pretrained(scratch, save_embedding_layers=resized)
        again = Path(scratch)
        theirs = load_file(again / "adapter_model.safetensors")
        yield compare_tensors(
            f"{case.name}: adapter tensors", load_file(folder / "adapter_model.safetensors"),
            {key: tensor for key, tensor in theirs.items() if not resized or ".modules_to_save." not in key})
        unknown = sorted(config.keys() - json.loads((again / "adapter_config.json").read_text()).keys())
        yield f"{case.name}: adapter_config.json keys", not unknown, f"unknown to peft: {unknown}" if unknown else ""


def has_other_vocabulary(base, size: int) -> bool:
    return base.get_output_embeddings() is not None and base.config.vocab_size != size


def check_selective(case: Path, golden: dict, fixtures: Path, config: dict):
    """Java's own: parameters of the base by their names in it."""
    model = tasks.load(fixtures, config["base_model_name_or_path"], config["task_type"])
    stored = load_file(case / "adapter" / "adapter_model.safetensors")
    plain = {key.removeprefix("base_model.model."): tensor for key, tensor in stored.items()}
    unexpected = model.load_state_dict(plain, strict=False).unexpected_keys
    yield f"{case.name}: parameters are the base's", not unexpected, str(unexpected or "")
    yield from compare_outputs(f"{case.name}: base with parameters", model.eval(), golden, "")


def check_merged(case: Path, golden: dict):
    """By the class that config.json names."""
    folder = case / "merged"
    config = AutoConfig.from_pretrained(folder)
    named = getattr(transformers, (config.architectures or [""])[0], AutoModelForCausalLM)
    model, info = named.from_pretrained(
        folder, dtype="auto", attn_implementation=attention(config.model_type), output_loading_info=True)
    info["unexpected_keys"] = [key for key in info["unexpected_keys"] if not key.startswith(HEADS)]
    problems = {key: sorted(map(str, value)) for key, value in info.items() if value}
    yield f"{case.name}: merged loads without complaint", not problems, str(problems or "")
    yield from compare_outputs(f"{case.name}: merged", model.eval(), golden, ".merged")


def check_case(case: Path, fixtures: Path):
    if (case / "hub").is_dir():
        return  # in AdapterHub's format: hub/check_java_exports.py looks at it
    golden = load_file(case / "golden.safetensors")
    found = False
    if (case / "adapter").is_dir():
        found = True
        yield from check_adapter(case, golden, fixtures)
    if (case / "merged").is_dir():
        found = True
        yield from check_merged(case, golden)
    if not found:
        yield case.name, False, "neither adapter/ nor merged/"


def guarded(case: Path, fixtures: Path):
    """A file that cannot be read is a failed check, not the end of the run."""
    try:
        yield from check_case(case, fixtures)
    except Exception as error:
        yield case.name, False, f"{type(error).__name__}: {error}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fixtures", type=Path, default=RESOURCES, help="folder that holds bases/")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()

    passed = failed = 0
    for case in sorted(path for path in arguments.folder.iterdir() if path.is_dir()):
        for what, good, detail in guarded(case, arguments.fixtures):
            print("ok    " if good else "FAILED", what, f"({detail})" if detail else "", flush=True)
            passed, failed = passed + good, failed + (not good)
    if passed + failed == 0:
        print(f"no case found in {arguments.folder}")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
