"""One side of the side-by-side benchmark: greedy generation with Python's transformers.

Prints one JSON object. The Java side is org.peft4j.benchmarks.Decode; both use the same checkpoint,
prompts, dtype and threads, a key-value cache and scaled-dot-product attention.
"""

import argparse
import json
import resource
import time

import torch
from transformers import AutoModelForCausalLM


class Clock:
    """A processor of logits that only notes when each step's are there."""

    def __init__(self):
        self.moments = []

    def __call__(self, input_ids, scores):
        self.moments.append(time.perf_counter())
        return scores


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--prompt", type=int, required=True)
    parser.add_argument("--new-tokens", type=int, required=True)
    parser.add_argument("--warmup", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    model = AutoModelForCausalLM.from_pretrained(
        args.checkpoint, dtype=getattr(torch, args.dtype), attn_implementation="sdpa"
    ).eval()
    model.generation_config.eos_token_id = None
    i = torch.arange(args.rows * args.prompt, dtype=torch.int64)
    ids = ((i * 7919 + 13) % model.config.vocab_size).view(args.rows, args.prompt)

    def generate():
        clock = Clock()
        start = time.perf_counter()
        out = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=args.new_tokens,
            pad_token_id=0,
            logits_processor=[clock],
        )
        return start, clock.moments, out[:, args.prompt :]

    with torch.inference_mode():
        for _ in range(args.warmup):
            generate()
        start, moments, out = generate()
    print(
        json.dumps(
            {
                "prefill_tokens_per_s": args.rows * args.prompt / (moments[0] - start),
                "decode_tokens_per_s": args.rows
                * (args.new_tokens - 1)
                / (moments[-1] - moments[0]),
                "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "ids": out.flatten().tolist(),
            }
        )
    )


if __name__ == "__main__":
    main()
