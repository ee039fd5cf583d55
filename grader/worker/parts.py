"""The parts of the libraries that not all code needs, and how a text shows that it needs one.

In: texts of code. Out: names of parts. What every warm process has besides is the core: torch,
and what transformers tokenizes with. A text may name a part and not use it, which costs the time to
import it, once; or use one and not show it, and then imports it in its own process, each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

CORE, MODELS, DATASETS, TRAINER, DRAWING = "core", "models", "datasets", "trainer", "drawing"
# The lecture's second checkpoint: its vocabulary, and its weights.
GPT2_TOKENIZER, GPT2 = "gpt2 tokenizer", "gpt2"

# An import, with all lines that it is written on; or a name that is looked up in transformers. The
# text may be made to take long: nothing here is tried twice on more than some thousand characters.
_IMPORTED = re.compile(
    r"(?:^|[:;])[ \t]*+(?:from[ \t]++([\w.]++)[ \t]++import[ \t]*+(\([^)]{0,4000}+\)|.*+)"
    r"|import[ \t]++(.*+))"
    r"|\btransformers\.(\w++)",
    re.MULTILINE,
)
# In what is imported: a part of a name.
_BY_IMPORT: Mapping[str, str] = {
    MODELS: r"Model|For[A-Z]|pipeline|modeling|generation|Generation|accelerate|peft|safetensors",
    GPT2_TOKENIZER: r"GPT2Tokenizer",
    DATASETS: r"datasets|evaluate|multiprocess\b|pyarrow|importlib",
    TRAINER: r"[tT]rainer|TrainingArguments|EarlyStopping",
    DRAWING: r"matplotlib|pylab|mpl_toolkits|seaborn",
}
# In all of a text: a fixture as Python writes it, the name of a checkpoint.
_BY_TEXT: Mapping[str, str] = {
    MODELS: r"Fixture\(name='(?:model|pretrained)'",
    GPT2_TOKENIZER: r"Fixture\(name='tokenizer', arguments=\{'name': '(?:distil)?gpt2'",
    # It may be anything, and late this is not as it should be; but for what stands in a notebook's
    # text where a statement was left out.
    DATASETS: r"__import__(?!\('sys'\))",
    GPT2: r"['\"](?:distilbert/)?distilgpt2['\"]",
}
_NEEDS: Mapping[str, frozenset[str]] = {
    TRAINER: frozenset({MODELS, DATASETS}),
    GPT2: frozenset({GPT2_TOKENIZER}),
}
_PATTERNS = tuple((part, re.compile(pattern)) for part, pattern in _BY_IMPORT.items())
_TEXT_PATTERNS = tuple((part, re.compile(pattern)) for part, pattern in _BY_TEXT.items())
_STAR = re.compile(r"transformers[ \t]++import[ \t]*+(?:\(\s*+)?\*")
ALL = frozenset({*_BY_IMPORT, *_BY_TEXT})
# What a job can as well import or load by itself, in a few tenths of a second. The others take
# longer, or are changed for the sandbox when they are imported (see ``containment.sharing``).
LATE = frozenset({DRAWING, GPT2_TOKENIZER, GPT2})


def parts_in(texts: Iterable[str]) -> frozenset[str]:
    """The parts that code like this needs, besides the core."""
    return frozenset().union(*map(_parts_in, texts))


def _parts_in(text: str) -> frozenset[str]:
    if _STAR.search(text):
        return ALL
    names = " ".join(_imported(text))
    found = {part for part, pattern in _PATTERNS if pattern.search(names)}
    found |= {part for part, pattern in _TEXT_PATTERNS if pattern.search(text)}
    return frozenset(found.union(*(_NEEDS.get(part, ()) for part in found)))


def _imported(text: str) -> Iterator[str]:
    for match in _IMPORTED.finditer(text):
        yield from filter(None, match.groups())
