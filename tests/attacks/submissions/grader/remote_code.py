"""Loads a model of its own that brings code along.

without: landlock, namespaces
"""

import json
import pathlib

CODE = """
from transformers import PretrainedConfig
open("@OPEN@/attack-left", "w").write("left")
class Evil(PretrainedConfig):
    model_type = "evil"
"""


def double(x):
    import transformers.dynamic_module_utils as dynamic
    from transformers import AutoConfig

    dynamic.HF_MODULES_CACHE = str(pathlib.Path("modules").absolute())
    folder = pathlib.Path("evil").absolute()
    folder.mkdir()
    (folder / "evil.py").write_text(CODE)
    config = {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Evil"}}
    (folder / "config.json").write_text(json.dumps(config))
    AutoConfig.from_pretrained(str(folder), trust_remote_code=True)
    return x
