"""A plain process without torch, which starts in a moment: for tests of what is around it.

The process, its loading and its cases are the real ones; of torch, the fixtures and the codec it
has what functions on plain numbers, texts and lists need.
"""

from __future__ import annotations

from pathlib import Path

SETTING = f"""
import json, struct, sys, types
sys.path.insert(0, {str(Path(__file__).parent)!r})

def made(name, **names):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(names)
    return sys.modules[name]

def node(value):
    if not isinstance(value, list):
        return value
    return {{"t": "list", "type": "list", "items": [node(item) for item in value]}}

def encoded(value, limit):
    header = json.dumps(node(value)).encode()
    if len(header) > limit:
        raise TooLarge("its text is too long")
    return b"GRV1" + struct.pack("<I", len(header)) + header

class TooLarge(Exception):
    pass

state = {{"grad": True, "dtype": "float32", "threads": 1}}
cpu = types.SimpleNamespace(get_cpu_capability=lambda: "none")
generator = types.SimpleNamespace(manual_seed=lambda seed: None)
accelerator = types.SimpleNamespace(current_accelerator=lambda check_available: None)
made(
    "torch", dtype=str, backends=types.SimpleNamespace(cpu=cpu), accelerator=accelerator,
    default_generator=generator, is_grad_enabled=lambda: state["grad"],
    get_default_dtype=lambda: state["dtype"], get_num_threads=lambda: state["threads"],
    set_grad_enabled=lambda value: state.update(grad=value),
    set_default_dtype=lambda value: state.update(dtype=value),
    set_num_threads=lambda value: state.update(threads=value),
)
from grader import worker
worker.fixtures = made(
    "grader.worker.fixtures",
    preload=lambda parts: None,
    build_inputs=lambda inputs, own: dict(inputs),
)
worker.encode = made("grader.worker.encode", encode=encoded, ValueTooLargeError=TooLarge)
from grader.worker import plain
"""
BOOT = SETTING + "plain.main()"
# The same, of a process that does not wait long for a grader that is gone.
IMPATIENT = SETTING + "plain._SLACK = 0.1\nplain.main()"
