"""What AutoTokenizer makes of tokenizers whose small files say more than, or other than, tokenizer.json."""

import json
import random
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

from common import write_json

TEXTS = [
    "Hello world", " leading space", "a <tool_call> x </tool_call> b", "naïve Café — 😀 ", "line1\r\nline2\n\n",
    "<|im_start|>user\nhi <|im_end|> \n", "12345 6789", "", "  ", "[X] <extra_1>y <s> it </s>", "中文 text, isn't it ?",
    "<image> <mask> [MASK]  word",
]
CHAT = [{"role": "user", "content": "Hi <|im_end|> there"}, {"role": "assistant", "content": "ok"}]
TEMPLATE = "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}{{ eos_token }}{% endfor %}{{ image_token }}"
# A base's tokenizer.json, with the classes that checkpoints give it.
BASES: dict[str, list[str | None]] = {
    "bert": ["BertTokenizer", "BertTokenizerFast", "PreTrainedTokenizerFast", "DistilBertTokenizer", "MPNetTokenizer"],
    "roberta": ["RobertaTokenizer", "BartTokenizer", "GPT2Tokenizer", "PreTrainedTokenizerFast"],
    "t5": ["T5Tokenizer", "T5TokenizerFast", "XLMRobertaTokenizer", "CamembertTokenizer", "PreTrainedTokenizerFast"],
    "byte-level": ["GPT2Tokenizer", "GPTNeoXTokenizer", "GPTNeoXTokenizerFast", "Qwen2Tokenizer", "PreTrainedTokenizerFast",
                   "LlamaTokenizer", "OPTTokenizer", None],
    "llama": ["LlamaTokenizer", "LlamaTokenizerFast", "GemmaTokenizer", "PreTrainedTokenizerFast", "CodeTokenizer", None],
}
MODEL_TYPES = {
    "bert": ["bert", "distilbert", None], "roberta": ["roberta", "bart", None],
    "t5": ["t5", "mt5", "xlm-roberta", "camembert", None],
    "byte-level": ["gpt2", "gpt_neox", "qwen2", "qwen3", "opt", "llama", "mistral", None],
    "llama": ["llama", "mistral", "phi3", "gemma", "gemma2", None],
}
NAMES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token", "image_token"]
CONTENTS = ["<s>", "</s>", "<unk>", "<pad>", "[MASK]", "<|im_start|>", "<|im_end|>", "<image>", "<extra_1>", "[X]", "world",
            "<tool_call>", "</tool_call>"]
VOCABULARIES = {"bert": ["vocab.txt"], "byte-level": ["vocab.json", "merges.txt"], "roberta": ["vocab.json", "merges.txt"]}


def llama() -> Tokenizer:
    """As the first Llama's: pieces with a mark for spaces, bytes for what no piece has."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1),
    ])
    trainer = trainers.BpeTrainer(
        vocab_size=340, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(256)], show_progress=False,
    )
    tokenizer.train_from_iterator(["hello world it is a word", "user line text isn't it", "naive cafe world word"] * 3, trainer)
    whole = json.loads(tokenizer.to_str())
    whole["added_tokens"] = [token for token in whole["added_tokens"] if token["id"] < 3]
    return Tokenizer.from_str(json.dumps(whole))


def token(rng: random.Random, content: str):
    """The text alone, or an object with flags as Python's tokenizers write it."""
    if rng.random() < 0.6:
        return content
    return {"__type": "AddedToken", **flags(rng, content)}


def flags(rng: random.Random, content: str) -> dict:
    return {
        "content": content, "lstrip": rng.random() < 0.3, "normalized": rng.random() < 0.3, "rstrip": rng.random() < 0.3,
        "single_word": rng.random() < 0.15, "special": rng.random() < 0.7,
    }


def settings(rng: random.Random, base: str, size: int) -> dict[str, object]:
    """Random small files."""
    config: dict[str, object] = {}
    name = rng.choice(BASES[base])
    if name is not None:
        config["tokenizer_class"] = name
    for key in NAMES:
        if rng.random() < 0.3:
            config[key] = token(rng, rng.choice(CONTENTS))
        elif rng.random() < 0.05:
            config[key] = None
    choices = {
        "add_prefix_space": 0.3, "do_lower_case": 0.3, "strip_accents": 0.2, "tokenize_chinese_chars": 0.2,
        "clean_up_tokenization_spaces": 0.3, "legacy": 0.2, "add_bos_token": 0.3, "add_eos_token": 0.2, "trim_offsets": 0.1,
    }
    for key, often in choices.items():
        if rng.random() < often:
            config[key] = rng.random() < 0.5
    if base == "t5" and rng.random() < 0.6:
        config["extra_ids"] = rng.choice([0, 3])
    kind = rng.random()
    if kind < 0.25:
        config["extra_special_tokens"] = [token(rng, c) for c in rng.sample(CONTENTS, 2)]
    elif kind < 0.4:
        config["additional_special_tokens"] = rng.sample(CONTENTS, 2)
    elif kind < 0.5:
        config["extra_special_tokens"] = {"audio_token": "<extra_1>", "image_token": "<image>"}
    if rng.random() < 0.35:
        chosen = rng.sample(CONTENTS, 3)
        config["added_tokens_decoder"] = {str(size + i): flags(rng, c) for i, c in enumerate(chosen)}
    template = rng.random()
    if template < 0.6:
        config["chat_template"] = TEMPLATE
    elif template < 0.7:
        config["chat_template"] = {"default": TEMPLATE, "other": "x"}
    elif template < 0.8:
        config["chat_template"] = [{"name": "default", "template": TEMPLATE}]
    files: dict[str, object] = {"tokenizer_config.json": config}
    if rng.random() < 0.3:
        map_: dict[str, object] = {}
        for key in NAMES[:7]:
            if rng.random() < 0.3:
                content = rng.choice(CONTENTS)
                map_[key] = content if rng.random() < 0.5 else {
                    k: v for k, v in flags(rng, content).items() if k != "special"
                }
        if rng.random() < 0.3:
            map_["additional_special_tokens"] = rng.sample(CONTENTS, 2)
        files["special_tokens_map.json"] = map_
    if rng.random() < 0.2:
        files["added_tokens.json"] = {c: size + i for i, c in enumerate(rng.sample(CONTENTS, 2))}
    model_type = rng.choice(MODEL_TYPES[base])
    if model_type is not None:
        files["config.json"] = {"model_type": model_type}
    return files


def vocabulary(whole: dict) -> dict[str, str]:
    """The files from before tokenizer.json."""
    model = whole["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    if "merges" not in model:
        return {"vocab.txt": "".join(t + "\n" for t in tokens)}
    merges = [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]
    return {"vocab.json": json.dumps(model["vocab"]), "merges.txt": "#version: 0.2\n" + "".join(m + "\n" for m in merges)}


def open_directory(folder: Path, whole: dict, files: dict, old: bool):
    for name, content in (vocabulary(whole) if old else {"tokenizer.json": json.dumps(whole)}).items():
        (folder / name).write_text(content)
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return AutoTokenizer.from_pretrained(folder)


def expected(tokenizer) -> dict:
    ids = [tokenizer(text, add_special_tokens=True).input_ids for text in TEXTS]
    found = dict(
        ids=ids, bare=[tokenizer(text, add_special_tokens=False).input_ids for text in TEXTS],
        pair=tokenizer("Hello world", "it is").input_ids,
        decoded=[tokenizer.decode(i, skip_special_tokens=True) for i in ids], special=[tokenizer.decode(i) for i in ids],
        tokens={name[:-6]: getattr(tokenizer, name + "_id") for name in NAMES[:7]},
    )
    if tokenizer.chat_template:
        found["chat"] = tokenizer.apply_chat_template(CHAT, tokenize=False)
        found["chat_ids"] = tokenizer.apply_chat_template(CHAT, tokenize=True, return_dict=False)
    return found


def cases(bases: dict[str, dict], count: int, seed: int) -> list[dict]:
    """Random directories that transformers opens."""
    rng = random.Random(seed)
    found = []
    while len(found) < count:
        base = rng.choice(sorted(bases))
        whole = bases[base]
        size = len(whole["model"]["vocab"])
        size = max([size] + [t["id"] + 1 for t in whole["added_tokens"]])
        files = settings(rng, base, size)
        old = base in VOCABULARIES and rng.random() < 0.2
        if old and "Llama" in str(files["tokenizer_config.json"].get("tokenizer_class")):
            continue
        # Decoding writes such a token in lower case since tokenizers 0.23; DJL's library is older.
        if base == "bert" and ('"normalized": true' in json.dumps(files) or "added_tokens.json" in files):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                found.append(dict(base=base, old=old, files=files,
                                  expected=expected(open_directory(Path(folder), whole, files, old))))
            except Exception as error:  # noqa: BLE001 - what Python refuses is no case
                if count > 200:
                    print("refused", base, type(error).__name__, str(error)[:100])
    return found


def bases(root: Path) -> dict[str, dict]:
    where = {"bert": "tokenizers/bert", "roberta": "tokenizers/roberta", "t5": "tokenizers/t5", "byte-level": "tokenizer"}
    whole = {name: json.loads((root / folder / "tokenizer.json").read_text()) for name, folder in where.items()}
    return whole | {"llama": json.loads(llama().to_str())}


def write(root: Path) -> None:
    whole = bases(root)
    folder = root / "tokenizers/llama"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(whole["llama"], ensure_ascii=False))
    write_json(root / "golden/tokenizer-files.json", {"texts": TEXTS, "chat": CHAT, "cases": cases(whole, 40, 13)})
