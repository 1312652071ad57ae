"""What transformers generates from the tiny bases under many settings, and how it processes logits."""

from pathlib import Path

import torch
from transformers import AutoTokenizer, GenerationConfig, LogitsProcessorList
from transformers.generation import StopStringCriteria

from common import left_padding, load_base, normal, token_ids, write_json, write_tensors

NEW_TOKENS = 12
# A text that changes when its scores change by this much could also change under another summation order.
LEAST_MARGIN = 0.02
ENDS = [11, 37, 59, 83]

BEAMS = dict(num_beams=3, eos_token_id=ENDS)
CASES = {
    "greedy-end": dict(eos_token_id=ENDS),
    "greedy-repetition": dict(repetition_penalty=1.3),
    "greedy-no-repeat": dict(no_repeat_ngram_size=2),
    "greedy-rules": dict(
        eos_token_id=ENDS, min_new_tokens=5, repetition_penalty=0.8, bad_words_ids=[[11], [20], [30, 31], [5]],
        suppress_tokens=[40, 41, 42], begin_suppress_tokens=[50, 51], forced_eos_token_id=59, renormalize_logits=True,
    ),
    "greedy-max-length": dict(max_length=16, min_length=12, eos_token_id=ENDS),
    "beams-2": dict(num_beams=2),
    "beams-4": dict(num_beams=4, num_return_sequences=4),
    "beams-end": BEAMS,
    "beams-end-return": BEAMS | dict(num_return_sequences=3, length_penalty=0.0),
    "beams-end-long": BEAMS | dict(length_penalty=2.0, num_return_sequences=2),
    "beams-end-short": BEAMS | dict(length_penalty=-1.0, num_return_sequences=2),
    "beams-end-early": BEAMS | dict(early_stopping=True, num_return_sequences=3),
    "beams-end-never": BEAMS | dict(early_stopping="never", num_return_sequences=3),
    "beams-end-never-short": BEAMS | dict(early_stopping="never", length_penalty=-0.5),
    "beams-one-end": dict(num_beams=4, eos_token_id=37, num_return_sequences=2, early_stopping=True),
    "beams-rules": BEAMS | dict(
        repetition_penalty=1.2, no_repeat_ngram_size=3, min_new_tokens=4, suppress_tokens=[40, 41], num_return_sequences=2,
    ),
    "beams-renormalized": BEAMS | dict(repetition_penalty=1.2, renormalize_logits=True, num_return_sequences=2),
}
# Lengths of prompts; several are padded on the left.
ALONE, TOGETHER = [6], [7, 3]
LENGTHS = {"llama": (ALONE, TOGETHER), "mistral": (TOGETHER,), "qwen2": (TOGETHER,)}

WARPERS = {
    "temperature": dict(temperature=0.6),
    "top-k": dict(top_k=7),
    "top-p": dict(top_p=0.8),
    "top-p-least": dict(top_p=0.0),
    "min-p": dict(min_p=0.1),
    "typical-p": dict(typical_p=0.7),
    "epsilon": dict(epsilon_cutoff=0.01),
    "eta": dict(eta_cutoff=0.02),
    "repetition": dict(repetition_penalty=1.4),
    "anti-repetition": dict(repetition_penalty=0.7),
    "no-repeat": dict(no_repeat_ngram_size=2),
    "no-repeat-single": dict(no_repeat_ngram_size=1),
    "banned": dict(bad_words_ids=[[9], [4, 17], [6, 5, 18], [2]], eos_token_id=2),
    "chat": dict(repetition_penalty=1.1, temperature=0.7, top_k=20, top_p=0.8),
    "everything": dict(
        repetition_penalty=1.2, temperature=1.5, top_k=100, top_p=0.95, min_p=0.01, typical_p=0.9,
        epsilon_cutoff=0.001, eta_cutoff=0.001, renormalize_logits=True,
    ),
    "beams": dict(num_beams=4, eos_token_id=[2, 3], top_k=1, top_p=0.1, min_p=0.9, typical_p=0.1, epsilon_cutoff=0.9),
}
VOCABULARY = 300

STOPS = [
    ("The stopper stops here.\nNext line\n\nEnd", ["stop"]),
    ("The stopper stops here.\nNext line\n\nEnd", ["\n\n", "xyz"]),
    ("The stopper stops here.\nNext line\n\nEnd", [" here.", "line"]),
    ("Prices: 5 €, café 🙂 and so on; café 🙂!", ["🙂", "é "]),
    ("aaaaaaaaaaaaaaaab", ["aaa"]),
    ("One sentence. Another sentence", ["sentence. An"]),
]


class Nudge:
    """Changes every score a little, in a way that depends on a number and the length so far."""

    def __init__(self, number: int):
        self.number = number

    def __call__(self, ids, scores):
        return scores + normal(f"nudge/{self.number}/{ids.shape[1]}", scores.shape, LEAST_MARGIN / 2)


def run(model, ids, mask, options: dict, nudge: int | None = None):
    model.generation_config = GenerationConfig(pad_token_id=0)
    length = {} if "max_length" in options else {"max_new_tokens": NEW_TOKENS}
    processors = LogitsProcessorList([] if nudge is None else [Nudge(nudge)])
    return model.generate(
        ids, attention_mask=mask, do_sample=False, pad_token_id=0, logits_processor=processors,
        return_dict_in_generate=True, output_scores=True, **length, **options,
    )


def texts(result, width: int, ends) -> list[list[int]]:
    """The new ids of each sequence, up to its end token."""
    rows = []
    for row in result.sequences[:, width:].tolist():
        stop = next((i + 1 for i, token in enumerate(row) if token in ends), len(row))
        rows.append(row[:stop])
    return rows


def decode(model, name: str, case: str, lengths, options: dict) -> dict:
    """The first random prompts whose texts a nudge does not change; some, not all, must end, if any may."""
    given = options.get("eos_token_id", [])
    ends = given if isinstance(given, list) else [given]
    width = max(lengths)
    mask = left_padding(lengths, width)
    vocab = model.config.vocab_size
    for attempt in range(3000):
        ids = token_ids(f"{name}/{case}/{width}/{attempt}", (len(lengths), width), vocab) * mask
        result = run(model, ids, mask, options)
        rows = texts(result, width, ends)
        if ends and not any(row[-1] in ends for row in rows):
            continue
        if any(texts(run(model, ids, mask, options, nudge), width, ends) != rows for nudge in range(4)):
            continue
        found = dict(
            base=name, name=case, options=options | ({} if "max_length" in options else {"max_new_tokens": NEW_TOKENS}),
            prompts=[row[width - n:] for row, n in zip(ids.tolist(), lengths)], texts=rows,
        )
        if "num_beams" in options:
            found["scores"] = result.sequences_scores.tolist()
        else:
            found["scores"] = greedy_scores(model, result, width, rows)
        return found
    raise AssertionError(f"no clear texts for {name} {case}")


def greedy_scores(model, result, width: int, rows) -> list[float]:
    """Sums of the log-probabilities of the chosen tokens in the processed distributions."""
    steps = model.compute_transition_scores(result.sequences, result.scores, normalize_logits=True)
    return [steps[i, : len(row)].sum().item() for i, row in enumerate(rows)]


def processed(model) -> tuple[dict, dict]:
    """Softmax of processed logits, so that what is ruled out is 0."""
    ids = torch.tensor([[4, 17, 4, 9, 6, 5, 4], [6, 5, 18, 40, 41, 6, 5], [7, 7, 7, 7, 7, 7, 7], [2, 3, 9, 1, 2, 3, 9]])
    logits = normal("decoding/logits", (4, VOCABULARY), 1) * torch.tensor([[0.3], [1.0], [3.0], [8.0]])
    tied = logits[1].topk(9).indices[5:]
    logits[1, tied] = logits[1, tied[0]].item()
    tensors = dict(input_ids=ids, logits=logits)
    for name, options in WARPERS.items():
        config = GenerationConfig(do_sample=True, **(dict(top_k=0) | options))
        for key, value in config._get_default_generation_params().items():
            if getattr(config, key, None) is None:
                setattr(config, key, value)
        model._prepare_special_tokens(config, device="cpu")
        processors = model._get_logits_processor(config, input_ids_seq_length=ids.shape[1], device="cpu")
        tensors[name] = processors(ids, logits.clone()).softmax(-1)
    return tensors, WARPERS


def stops(root: Path) -> list[dict]:
    """For every beginning of a text, whether its last token completes one of the strings."""
    tokenizer = AutoTokenizer.from_pretrained(root / "tokenizer")
    found = []
    for text, strings in STOPS:
        criterion = StopStringCriteria(tokenizer, strings)
        ids = tokenizer(text, add_special_tokens=False).input_ids
        hits = [criterion(torch.tensor([ids[: i + 1]]), None).item() for i in range(len(ids))]
        assert any(hits) and not all(hits)
        found.append(dict(ids=ids, strings=strings, hits=hits))
    return found


def write(root: Path) -> None:
    cases = []
    for name in LENGTHS:
        model = load_base(root, name, torch.float32)
        for case, options in CASES.items():
            for lengths in LENGTHS[name]:
                cases.append(decode(model, name, case, lengths, options))
    tensors, options = processed(load_base(root, "llama", torch.float32))
    write_tensors(root / "golden/logits.safetensors", tensors)
    write_json(root / "golden/decoding.json", {"cases": cases, "processors": options, "stops": stops(root)})
