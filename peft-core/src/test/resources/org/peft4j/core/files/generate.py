"""Makes the golden files beside it: python generate.py, with safetensors 0.8.0 and torch 2.7.1."""

import json
import pathlib
import random
import struct

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent

# Deliberately not in the order in which they end up in the file.
TENSORS = [
    ("model.b", torch.float32, [2, 3]),
    ("model.a", torch.float32, [2, 3]),
    ("scalar", torch.float64, []),
    ("empty", torch.float16, [0, 4]),
    ("mask", torch.bool, [3]),
    ("half", torch.float16, [3]),
    ("brain", torch.bfloat16, [5]),
    ("ids", torch.int64, [2]),
    ("unsigned", torch.uint64, [1]),
    ("int", torch.int32, [1]),
    ("uint", torch.uint32, [1]),
    ("short", torch.int16, [1]),
    ("ushort", torch.uint16, [1]),
    ("byte", torch.int8, [3]),
    ("ubyte", torch.uint8, [3]),
    ("e4m3", torch.float8_e4m3fn, [2]),
    ("e5m2", torch.float8_e5m2, [2]),
    ("e4m3fnuz", torch.float8_e4m3fnuz, [2]),
    ("e5m2fnuz", torch.float8_e5m2fnuz, [2]),
    ("e8m0", torch.float8_e8m0fnu, [2]),
    ("complex", torch.complex64, [1]),
    ('odd "name" \\ é \uffee', torch.float32, [1]),
    ("odd \U0001f600", torch.float32, [1]),
    ("odd \uffee", torch.float32, [1]),
]


def tensor(index, dtype, shape):
    count = int(torch.Size(shape).numel())
    size = count * torch.empty(0, dtype=dtype).element_size()
    data = torch.tensor([(7 * index + i) % 128 for i in range(size)], dtype=torch.uint8)
    if dtype == torch.bool:
        return (data % 2).bool().reshape(shape)
    return data.view(dtype).reshape(shape)


save_file(
    {name: tensor(i, dtype, shape) for i, (name, dtype, shape) in enumerate(TENSORS)},
    HERE / "golden.safetensors",
    metadata={"format": "pt"},
)
save_file({"x": torch.zeros(2)}, HERE / "no_metadata.safetensors")

config = {
    "peft_type": "LORA",
    "lora_alpha": 16,
    "lora_dropout": 0.1,
    "eps": 1e-05,
    "tiny": 5e-324,
    "huge": 1.7976931348623157e308,
    "round": 1e16,
    "long_float": 1234567890123456.0,
    "minus_zero": -0.0,
    "big": 1000000000000000019884624838656,
    "negative": -3,
    "bias": None,
    "inference_mode": True,
    "fan_in_fan_out": False,
    "empty_list": [],
    "empty_object": {},
    "target_modules": ["q_proj", "v_proj"],
    "nested": {"z": [1, [2.5, {"y": "x"}]], "a": {"b": {}}},
    "text": "quote \" backslash \\ slash / tab \t newline \n return \r feed \f back \b nul \0 del \x7f",
    "unicode": "é ü 日本 \U0001f600 \u2028",
    "\uffee after emoji in UTF-16": 1,
    "\U0001f600 after the other in code points": 2,
    "": "empty key",
    "Upper": 1,
    "upper": 2,
}
(HERE / "golden.json").write_text(json.dumps(config, indent=2, sort_keys=True))

random.seed(17)
doubles = [0.0, 1.0, 0.1, 1e-4, 9.999e-5, 1e15, 1e16, 123456789.125, 2.0**53, 5e-324, 1 / 3]
doubles += [2.0**e for e in range(-1074, 1024, 13)] + [2.0**-44, 2.0**-24, 2e23, 1e23, 9.5e-3]
doubles += [random.uniform(-10, 10) for _ in range(100)]
doubles += [round(random.uniform(0, 1), 4) for _ in range(100)]
while len(doubles) < 700:
    value = struct.unpack("<d", random.randbytes(8))[0]
    if value == value and abs(value) != float("inf"):
        doubles.append(value)
(HERE / "doubles.txt").write_text(
    "".join(f"{struct.pack('>d', d).hex()} {d!r}\n" for d in doubles)
)
