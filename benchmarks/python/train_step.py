"""One side of the side-by-side benchmark: LoRA training steps with Python's transformers and peft.

Prints one JSON object. The Java side is org.peft4j.benchmarks.TrainStep; both use the same
checkpoint, token ids, batch, dtype, threads, LoRA settings, optimiser and clipping.
"""

import time

STARTED = time.perf_counter()

import argparse
import json
import resource
import statistics

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM


def token_ids(rows: int, length: int, vocabulary: int, step: int) -> torch.Tensor:
    """The same ids as on the Java side: a linear congruence, no random generator."""
    i = torch.arange(rows * length, dtype=torch.int64)
    return ((i * 7919 + step * 104729 + 13) % vocabulary).view(rows, length)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], required=True)
    parser.add_argument("--targets", required=True, help="all-linear, or names with commas")
    parser.add_argument("--rank", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--warmup", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    opening = time.perf_counter()
    base = AutoModelForCausalLM.from_pretrained(
        args.checkpoint, dtype=getattr(torch, args.dtype), attn_implementation="sdpa"
    )
    targets = args.targets if args.targets == "all-linear" else args.targets.split(",")
    config = LoraConfig(
        task_type="CAUSAL_LM", r=args.rank, lora_alpha=2 * args.rank, target_modules=targets
    )
    model = get_peft_model(base, config)
    model.train()
    opened = time.perf_counter()

    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0.01, fused=True)
    vocabulary = base.config.vocab_size

    def step(number: int) -> float:
        ids = token_ids(args.rows, args.length, vocabulary, number)
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    losses = [step(0)]
    first = time.perf_counter()
    for number in range(1, args.warmup):
        losses.append(step(number))
    seconds = []
    for number in range(args.warmup, args.warmup + args.steps):
        before = time.perf_counter()
        losses.append(step(number))
        seconds.append(time.perf_counter() - before)

    print(
        json.dumps(
            {
                "start_to_open_s": opened - STARTED,
                "open_s": opened - opening,
                "open_to_first_step_s": first - opening,
                "step_s": statistics.median(seconds),
                "tokens_per_s": args.rows * args.length / statistics.median(seconds),
                "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "losses": losses,
            }
        )
    )


if __name__ == "__main__":
    main()
