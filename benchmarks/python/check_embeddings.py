"""Compares embeddings that peft4j wrote with those that Python's transformers computes.

The Java side is org.peft4j.examples.embed.Embed. Both read the same checkpoint and the same lines;
tokens, pooling and normalisation are done here after sentence-transformers' files. Exits with 1 if
a number differs by more than the tolerance.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer


def pooled(hidden: torch.Tensor, mask: torch.Tensor, config: dict) -> torch.Tensor:
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    parts = []
    if config.get("pooling_mode_cls_token"):
        parts.append(hidden[:, 0])
    if config.get("pooling_mode_max_tokens"):
        parts.append(hidden.masked_fill(weights == 0, float("-inf")).amax(1))
    if config.get("pooling_mode_mean_tokens"):
        parts.append((hidden * weights).sum(1) / weights.sum(1))
    if config.get("pooling_mode_mean_sqrt_len_tokens"):
        parts.append((hidden * weights).sum(1) / weights.sum(1).sqrt())
    return torch.cat(parts, -1)


@torch.inference_mode()
def embeddings(model_directory: Path, texts: list[str], batch: int) -> torch.Tensor:
    modules = json.loads((model_directory / "modules.json").read_text())
    normalises = any(module["type"].endswith("Normalize") for module in modules)
    pooling = next(module["path"] for module in modules if module["type"].endswith("Pooling"))
    config = json.loads((model_directory / pooling / "config.json").read_text())
    longest = json.loads((model_directory / "sentence_bert_config.json").read_text())
    tokenizer = AutoTokenizer.from_pretrained(model_directory)
    model = AutoModel.from_pretrained(model_directory, dtype=torch.float32).eval()
    rows = []
    for start in range(0, len(texts), batch):
        inputs = tokenizer(
            texts[start : start + batch],
            padding=True,
            truncation=True,
            max_length=longest["max_seq_length"],
            return_tensors="pt",
        )
        rows.append(pooled(model(**inputs).last_hidden_state, inputs["attention_mask"], config))
    vectors = torch.cat(rows)
    return torch.nn.functional.normalize(vectors, dim=-1) if normalises else vectors


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True, help="the checkpoint directory")
    parser.add_argument("--text", type=Path, required=True, help="the file that was embedded")
    parser.add_argument("--column", type=int, help="the column that holds the text, from 0")
    parser.add_argument("--limit", type=int, help="how many lines were embedded")
    parser.add_argument("--embedded", type=Path, required=True, help=".safetensors of peft4j")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--tolerance", type=float, default=1e-5)
    args = parser.parse_args()

    lines = [line for line in args.text.read_text().splitlines() if line.strip()][: args.limit]
    texts = lines if args.column is None else [line.split("\t")[args.column] for line in lines]
    theirs = embeddings(args.model, texts, args.batch)
    ours = load_file(args.embedded)["embeddings"]
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    worst = (ours - theirs).abs().max().item()
    print(f"{len(texts)} texts, {ours.shape[1]} numbers each: largest difference {worst:.2e}")
    raise SystemExit(worst > args.tolerance)


if __name__ == "__main__":
    main()
