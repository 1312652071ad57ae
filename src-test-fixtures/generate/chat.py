"""What transformers' apply_chat_template makes of chats, by the templates in chat_templates/. See README.md."""

import datetime
import json
import shutil
from pathlib import Path
from unittest import mock

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

from byte_level_tokenizer import CORPUS
from chat_snippets import SNIPPETS, VARIABLES

TEMPLATES = Path(__file__).resolve().parent / "chat_templates"
# Begin and end of text, where they are not <s> and </s>.
SPECIAL = {
    "llama-3": ("<|begin_of_text|>", "<|eot_id|>"),
    "qwen": (None, "<|im_end|>"),
    "gemma": ("<bos>", "<eos>"),
    "phi-3": ("<s>", "<|endoftext|>"),
    "chatml": (None, "<|im_end|>"),
    "smollm3": (None, "<|im_end|>"),
}
NOW = datetime.datetime(2024, 7, 4, 9, 5, 3)

SYSTEM = {"role": "system", "content": "You answer in one sentence."}
HELLO = {"role": "user", "content": "Hello, who are you?"}
ANSWER = {"role": "assistant", "content": "I am a small model."}
AGAIN = {"role": "user", "content": "And what can you do?"}
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city, today & tomorrow <\"now\">.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "The city, such as Zürich or 東京"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "description": "The unit"},
                "days": {"type": "integer", "default": 1},
                "scale": {"type": "number", "default": 1.0},
                "detail": {"type": "boolean", "default": False},
                "near": {"type": "array", "items": {"type": "string"}, "default": None},
            },
            "required": ["city"],
        },
    },
}
CLOCK = {
    "type": "function",
    "function": {
        "name": "get_time", "description": "The time", "parameters": {"type": "object", "properties": {}},
    },
}
TOOLS = [WEATHER, CLOCK]
ARGUMENTS = {"city": "Zürich", "unit": "celsius", "days": 2, "scale": 0.5, "detail": True, "near": None, "tags": ["a", 1]}


def call(number: int, name: str, arguments) -> dict:
    return {"id": f"call{number:05}", "type": "function", "function": {"name": name, "arguments": arguments}}


def calls(*tool_calls) -> dict:
    return {"role": "assistant", "tool_calls": list(tool_calls)}


def result(number: int, name: str, content) -> dict:
    return {"role": "tool", "tool_call_id": f"call{number:05}", "name": name, "content": content}


ASK = {"role": "user", "content": "What is the weather in Zürich?"}
ONE_CALL = [ASK, calls(call(1, "get_weather", ARGUMENTS)), result(1, "get_weather", "{\"degrees\": 21.5}")]
TWO_CALLS = [
    ASK, calls(call(1, "get_weather", {"city": "Bern"}), call(2, "get_time", {})),
    result(1, "get_weather", "rain"), result(2, "get_time", "09:05"),
]
THOUGHT = {"role": "assistant", "content": "<think>\nA greeting.\n</think>\n\nI am a model."}
REASONED = {"role": "assistant", "content": "I am a model.", "reasoning_content": "A greeting.\nNothing more."}
CASES = {
    "one turn": {"messages": [HELLO], "add_generation_prompt": True},
    "one turn, no prompt": {"messages": [HELLO]},
    "system": {"messages": [SYSTEM, HELLO], "add_generation_prompt": True},
    "turns": {"messages": [HELLO, ANSWER, AGAIN], "add_generation_prompt": True},
    "system and turns": {"messages": [SYSTEM, HELLO, ANSWER, AGAIN, ANSWER]},
    "user twice": {"messages": [HELLO, AGAIN], "add_generation_prompt": True},
    "assistant first": {"messages": [ANSWER, HELLO]},
    "unknown role": {"messages": [HELLO, {"role": "judge", "content": "Go on."}]},
    "awkward": {"messages": [
        {"role": "system", "content": "  spaces \n"},
        {"role": "user", "content": " {{ bos_token }} {% if %} {# no #} \"quoted\" 'single' back\\slash \\n é 🙂 <b>&</b>\n\n"},
        {"role": "assistant", "content": "\n\tindented\n  "},
        {"role": "user", "content": ""},
    ], "add_generation_prompt": True},
    "tools": {"messages": [ASK], "tools": TOOLS, "add_generation_prompt": True},
    "tools and system": {"messages": [SYSTEM, ASK], "tools": TOOLS, "add_generation_prompt": True},
    "tools in the system message": {
        "messages": [SYSTEM, ASK], "tools": [CLOCK], "add_generation_prompt": True, "tools_in_user_message": False},
    "tool result": {"messages": ONE_CALL, "tools": [CLOCK], "add_generation_prompt": True},
    "tool answer": {"messages": [SYSTEM, *ONE_CALL, {"role": "assistant", "content": "It is 21.5 °C."}, AGAIN],
                    "tools": [CLOCK], "add_generation_prompt": True},
    "two calls": {"messages": TWO_CALLS, "tools": [CLOCK], "add_generation_prompt": True},
    "call with text": {"messages": [ASK, {**calls(call(1, "get_time", {})), "content": "I will look."}]},
    "short call id": {"messages": [ASK, calls({"id": "1", "function": {"name": "get_time", "arguments": {}}})],
                      "tools": [CLOCK]},
    "thoughts": {"messages": [HELLO, THOUGHT, AGAIN, THOUGHT]},
    "reasoning": {"messages": [HELLO, REASONED, AGAIN, REASONED], "add_generation_prompt": True},
    "not thinking": {"messages": [HELLO], "add_generation_prompt": True, "enable_thinking": False},
    "thinking": {"messages": [HELLO], "add_generation_prompt": True, "enable_thinking": True},
    "date": {"messages": [HELLO], "add_generation_prompt": True, "date_string": "1 Jan 2030"},
    "parts": {"messages": [
        {"role": "user", "content": [{"type": "text", "text": "Two "}, {"type": "text", "text": "parts"}]}, ANSWER]},
    "continue": {"messages": [HELLO, {"role": "assistant", "content": "I am"}], "continue_final_message": True},
    "continue behind a space": {
        "messages": [HELLO, {"role": "assistant", "content": "I am "}], "continue_final_message": True},
}


def snippet(source: str) -> dict:
    try:
        with mock.patch.object(chat_template_utils, "datetime", FixedClock):
            template = chat_template_utils._compile_jinja_template(source)
            return {"template": source, "text": template.render(**VARIABLES)}
    except Exception as error:
        return {"template": source, "error": type(error).__name__, "message": str(error)}


class FixedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def special(name: str) -> dict:
    bos, eos = next((tokens for prefix, tokens in SPECIAL.items() if name.startswith(prefix)), ("<s>", "</s>"))
    return {key: token for key, token in (("bos_token", bos), ("eos_token", eos)) if token}


def tokenizer_with(tokens: dict) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), **tokens)


def rendered(tokenizer, template: str, case: dict) -> dict:
    arguments = {key: value for key, value in case.items() if key != "messages"}
    try:
        with mock.patch.object(chat_template_utils, "datetime", FixedClock):
            return {"text": tokenizer.apply_chat_template(
                case["messages"], chat_template=template, tokenize=False, **arguments)}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def renderings(folder: Path, cases: dict) -> dict:
    goldens = {}
    for file in sorted(folder.glob("*.jinja")):
        tokens = special(file.stem)
        tokenizer = tokenizer_with(tokens)
        template = file.read_text(encoding="utf-8")
        results = {name: rendered(tokenizer, template, case) for name, case in cases.items()}
        goldens[file.stem] = {"special_tokens": tokens, "results": results}
    return goldens


def chat_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level tokenizer that adds a begin of its own, which a chat must not get twice."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=290, special_tokens=["<s>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    template = (TEMPLATES / "qwen2.5-training.jinja").read_text(encoding="utf-8")
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="<|im_end|>", pad_token="<|im_end|>",
        chat_template=template, clean_up_tokenization_spaces=False)


def encoded(tokenizer, case: dict) -> dict:
    made = tokenizer.apply_chat_template(
        case["messages"], tools=case.get("tools"), return_dict=True, return_assistant_tokens_mask=True)
    return {"ids": made["input_ids"], "assistant": made["assistant_masks"]}


TRAINED = ("system and turns", "thoughts", "awkward", "tool answer", "two calls")


def write_in_order(path: Path, value) -> None:
    """As common.write_json, but keys keep their order, which templates show."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write(root: Path) -> None:
    tokenizer = chat_tokenizer()
    tokenizer.save_pretrained(root / "chat/tokenizer")
    shutil.copytree(TEMPLATES, root / "chat/templates", ignore=shutil.ignore_patterns("*.md"))
    write_in_order(root / "golden/chat.json",
                   {"now": NOW.isoformat(), "cases": CASES, "templates": renderings(TEMPLATES, CASES),
                    "variables": VARIABLES, "snippets": [snippet(source) for source in SNIPPETS],
                    "encoded": {name: encoded(tokenizer, CASES[name]) for name in TRAINED}})
