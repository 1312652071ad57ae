"""MAM, UniPELT and their parts by the adapters library: see ../README.md."""

from pathlib import Path

from adapters import ConfigUnion, LoRAConfig, MAMConfig, ParBnConfig, PrefixTuningConfig, SeqBnConfig, UniPELTConfig

import bottleneck  # sets the path for the next one
import common

common.ATTENTION = "eager"  # with the masks of others the library hides prefixes, or favours them
CAUSAL, CLS, SEQ2SEQ = "CAUSAL_LM", "SEQ_CLS", "SEQ_2_SEQ_LM"
PREFIX = dict(prefix_length=3, bottleneck_size=6)
FLAT = dict(prefix_length=3, flat=True)
SMALL = dict(reduction_factor=4)

# case → base, task, config
CASES = {
    "mam-bert": ("bert-heads", CLS, MAMConfig(PrefixTuningConfig(**PREFIX), ParBnConfig(**SMALL))),
    "mam-llama": ("llama", CAUSAL, MAMConfig(
        PrefixTuningConfig(**PREFIX, non_linearity="relu"), ParBnConfig(**SMALL, scaling="learned"),
    )),
    "mam-gpt2": ("gpt2", CAUSAL, MAMConfig(PrefixTuningConfig(**FLAT), ParBnConfig(**SMALL, leave_out=[0]))),
    "mam-bart": ("bart", SEQ2SEQ, MAMConfig(PrefixTuningConfig(**PREFIX), ParBnConfig(**SMALL))),
    "mam-distilbert": ("distilbert-heads", CLS, MAMConfig(PrefixTuningConfig(**FLAT, leave_out=[0]), ParBnConfig(**SMALL))),
    "unipelt-bert": ("bert-heads", CLS, UniPELTConfig(
        PrefixTuningConfig(**PREFIX), SeqBnConfig(**SMALL), LoRAConfig(r=2, alpha=3),
    )),
    "unipelt-llama": ("llama", CAUSAL, UniPELTConfig(
        PrefixTuningConfig(**FLAT, shared_gating=False), SeqBnConfig(**SMALL),
        LoRAConfig(r=2, alpha=3, attn_matrices=["k", "v"], intermediate_lora=True, output_lora=True),
    )),
    "union-t5": ("t5", SEQ2SEQ, ConfigUnion(SeqBnConfig(**SMALL, use_gating=True), LoRAConfig(r=2, use_gating=True))),
    "prefix-roberta": ("roberta-heads", CLS, PrefixTuningConfig(**PREFIX, use_gating=True, leave_out=[1])),
    "lora-bert": ("bert-heads", CLS, LoRAConfig(r=3, alpha=5, attn_matrices=["q"], leave_out=[0])),
}
# A gate looks at padding too, of which a decoder makes what its positions and masks say.
UNPADDED = ("unipelt-llama",)


def write(root: Path, case: str) -> None:
    base, task, config = CASES[case]
    tested = bottleneck.build(root, case, base, task, config)
    bottleneck.save(root, case, tested)
    common.write_json(root / "golden/hub" / f"{case}.json", {
        "base": base, "task": task,
        "keys": {key: list(tensor.shape) for key, tensor in tested.trained.items()},
    })
    common.write_tensors(root / "golden/hub" / f"{case}.safetensors", bottleneck.golden(root, case, tested, case not in UNPADDED))


if __name__ == "__main__":
    bottleneck.run(__doc__, (CASES, write))
