"""Tiny random encoder-decoders and what transformers computes with them."""

from pathlib import Path

import torch
from transformers import AutoModel, AutoModelForSeq2SeqLM, BartConfig, T5Config

from checkpoints import NARROW_STD, randomise, save, write_old_spelling
from common import ATTENTION, left_padding, load_base, normal, padded, right_padding, token_ids, write_tensors

T5 = dict(
    vocab_size=96, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=4, relative_attention_num_buckets=8,
    relative_attention_max_distance=12, decoder_start_token_id=0,
)
BART = dict(
    vocab_size=96, d_model=16, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
    encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=64, forced_eos_token_id=None,
)
CONFIGS = {
    "t5": T5Config(**T5),
    # As T5 v1.1 and FLAN-T5: a head of its own.
    "t5-gated": T5Config(
        **T5, num_decoder_layers=1, feed_forward_proj="gated-gelu", tie_word_embeddings=False
    ),
    "bart": BartConfig(**BART),
    "bart-scaled": BartConfig(**BART | dict(encoder_layers=1, decoder_layers=1), scale_embedding=True),
}
OWN_HEAD = ("t5-gated",)

SOURCE_WIDTH, SOURCE_LENGTHS = 20, (20, 13)
TARGET_WIDTH, TARGET_LENGTHS = 10, (10, 6)
NEW_TOKENS = 10
# A choice closer than this could fall the other way under another summation order. T5's logits are small.
LEAST_MARGIN = 0.01
# One token over and over would say little about the text that was read.
LEAST_VARIETY = 3


def untied(config: dict) -> None:
    """An untied head and no scaling of the states before it were one setting."""
    assert config.pop("scale_decoder_outputs") is False
    config["tie_word_embeddings"] = False


def calm(model) -> None:
    """T5 doesn't scale its scores down but starts with smaller queries; sharper attention would amplify rounding."""
    for path, parameter in model.named_parameters():
        if path.endswith("Attention.q.weight"):
            parameter.data *= model.config.d_kv**-0.5


def write_checkpoints(root: Path) -> None:
    for name, config in CONFIGS.items():
        model = AutoModelForSeq2SeqLM.from_config(config, attn_implementation=ATTENTION)
        if name in OWN_HEAD:
            model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
        randomise(model, name, NARROW_STD)
        calm(model)
        if config.model_type == "bart":
            model.final_logits_bias.copy_(normal(f"{name}/final_logits_bias", (1, config.vocab_size), 0.2))
        save(model, root, name)
    for name in OWN_HEAD:
        write_old_spelling(root, name, untied, AutoModelForSeq2SeqLM)


def load(root: Path, name: str):
    return load_base(root, name, torch.float32, AutoModelForSeq2SeqLM)


def sources(name: str, mask: torch.Tensor) -> dict:
    config = CONFIGS[name]
    ids = token_ids(f"{name}/input", mask.shape, config.vocab_size)
    return dict(input_ids=padded(ids, mask, config.pad_token_id), attention_mask=mask)


def targets(name: str) -> dict:
    """Labels leave out padding and one token inside; the decoder's inputs are the same texts a token later."""
    config = CONFIGS[name]
    mask = right_padding(TARGET_LENGTHS, TARGET_WIDTH)
    text = token_ids(f"{name}/target", mask.shape, config.vocab_size)
    labels = text.masked_fill(mask == 0, -100)
    labels[0, 4] = -100
    start = torch.full((len(text), 1), config.decoder_start_token_id)
    ids = padded(torch.cat([start, text[:, :-1]], dim=1), mask, config.pad_token_id)
    return dict(decoder_input_ids=ids, decoder_attention_mask=mask, labels=labels)


def forward(root: Path, name: str, inputs: dict) -> dict:
    """Hidden states after each side's last norm, where there is one, and before the head's scaling."""
    output = load(root, name)(**inputs)
    without_labels = {key: tensor for key, tensor in inputs.items() if key != "labels"}
    states = load_base(root, name, auto=AutoModel)(**without_labels)
    assert torch.equal(states.encoder_last_hidden_state, output.encoder_last_hidden_state)
    return inputs | dict(
        encoder_hidden_last=states.encoder_last_hidden_state, hidden_last=states.last_hidden_state,
        logits=output.logits, loss=output.loss.reshape(1),
    )


def from_labels(root: Path, name: str, source: dict, labels: torch.Tensor) -> dict:
    """What becomes of labels alone: transformers shifts them, padding in place of -100, and masks no input."""
    model = load(root, name)
    output = model(**source, labels=labels)
    shifted = model.prepare_decoder_input_ids_from_labels(labels)
    assert torch.equal(output.logits, model(**source, decoder_input_ids=shifted).logits)
    return dict(decoder_input_ids=shifted, logits=output.logits, loss=output.loss.reshape(1))


def greedy(root: Path, name: str, prefix: str, lengths) -> dict:
    """The first random texts whose greedy choices all are clear ones; never ended."""
    config = CONFIGS[name]
    mask = right_padding(lengths, max(lengths))
    model = load(root, name)
    model.generation_config.eos_token_id = None
    for attempt in range(1000):
        ids = padded(token_ids(f"{name}/{prefix}/{attempt}", mask.shape, config.vocab_size), mask, config.pad_token_id)
        result = model.generate(
            ids, attention_mask=mask, do_sample=False, max_new_tokens=NEW_TOKENS, return_dict_in_generate=True,
            output_logits=True,
        )
        logits = torch.stack(result.logits, dim=1)
        best = logits.topk(2).values
        variety = min(len(set(row.tolist())) for row in result.sequences)
        if variety >= LEAST_VARIETY and (best[..., 0] - best[..., 1]).min() >= LEAST_MARGIN:
            assert result.sequences.shape == (len(lengths), 1 + NEW_TOKENS)
            return {f"{prefix}.input_ids": ids, f"{prefix}.attention_mask": mask, f"{prefix}.logits": logits,
                    f"{prefix}.output_ids": result.sequences}
    raise AssertionError(f"no clear greedy continuation for {name}")


@torch.no_grad()
def golden(root: Path, name: str) -> dict:
    right = sources(name, right_padding(SOURCE_LENGTHS, SOURCE_WIDTH))
    left = sources(name, left_padding(SOURCE_LENGTHS, SOURCE_WIDTH))
    target = targets(name)
    cases = {
        "": forward(root, name, right | target),
        "left.": forward(root, name, left | target),
        "from_labels.": from_labels(root, name, right, target["labels"]),
    }
    tensors = {f"{prefix}{key}": tensor for prefix, case in cases.items() for key, tensor in case.items()}
    return tensors | greedy(root, name, "generate", [8]) | greedy(root, name, "generate_batch", [8, 5])


def write(root: Path) -> None:
    write_checkpoints(root)
    for name in CONFIGS:
        write_tensors(root / "golden/bases" / f"{name}.safetensors", golden(root, name))
