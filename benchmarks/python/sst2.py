"""The Python side of LoRA on SST-2; the Java side is org.peft4j.examples.sst2.Sst2.

Equal terms: checkpoint, data, targets, rank, batch, padding to the longest, AdamW with weight decay
0.01, linear schedule with warm-up, clipping to 1, float32, no dropout but LoRA's own (peft4j's frozen
base has none), the same number of threads. The last line it prints is a JSON object.
"""

import argparse
import json
import math
import resource
import time
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

WARMUP = 0.06


def read(file: Path, tokenizer, max_length: int) -> list[tuple[list[int], int]]:
    rows = [line.split("\t") for line in file.read_text().splitlines() if line.strip()]
    encoded = tokenizer([text for text, _ in rows], truncation=True, max_length=max_length)
    return list(zip(encoded["input_ids"], (int(label) for _, label in rows)))


def batches(rows: list, size: int, pad: int):
    for start in range(0, len(rows), size):
        ids, labels = zip(*rows[start : start + size])
        width = max(map(len, ids))
        yield dict(
            input_ids=torch.tensor([row + [pad] * (width - len(row)) for row in ids]),
            attention_mask=torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ids]),
            labels=torch.tensor(labels),
        )


@torch.inference_mode()
def accuracy(model, rows: list, size: int, pad: int) -> float:
    model.eval()
    right = sum(
        (model(**batch).logits.argmax(-1) == batch["labels"]).sum().item()
        for batch in batches(rows, size, pad)
    )
    return right / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--out", type=Path, help="where the adapter goes")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--targets", default="all-linear")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)

    tokenizer = AutoTokenizer.from_pretrained(args.base)
    base = AutoModelForSequenceClassification.from_pretrained(
        args.base,
        num_labels=2,
        dtype=torch.float32,
        attn_implementation="sdpa",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        classifier_dropout=0.0,
    )
    targets = args.targets if args.targets == "all-linear" else args.targets.split(",")
    config = LoraConfig(
        task_type="SEQ_CLS",
        r=args.rank,
        lora_alpha=2 * args.rank,
        lora_dropout=args.dropout,
        target_modules=targets,
    )
    model = get_peft_model(base, config)
    model.print_trainable_parameters()
    parameters = [p for p in model.parameters() if p.requires_grad]

    train = read(args.data / "train.tsv", tokenizer, args.max_length)
    dev = read(args.data / "dev.tsv", tokenizer, args.max_length)
    steps = args.epochs * math.ceil(len(train) / args.batch)
    optimizer = torch.optim.AdamW(
        parameters, lr=args.learning_rate, weight_decay=0.01, fused=True
    )
    schedule = get_linear_schedule_with_warmup(optimizer, math.ceil(WARMUP * steps), steps)

    started = time.perf_counter()
    loss = torch.tensor(math.nan)
    for epoch in range(args.epochs):
        model.train()
        order = torch.randperm(len(train)).tolist()
        for batch in batches([train[i] for i in order], args.batch, tokenizer.pad_token_id):
            loss = model(**batch).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
    seconds = time.perf_counter() - started
    if args.out:
        model.save_pretrained(args.out)

    print(
        json.dumps(
            {
                "trainable_parameters": sum(p.numel() for p in parameters),
                "train_s": seconds,
                "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "dev_accuracy": accuracy(model, dev, args.batch, tokenizer.pad_token_id),
                "last_loss": loss.item(),
            }
        )
    )


if __name__ == "__main__":
    main()
