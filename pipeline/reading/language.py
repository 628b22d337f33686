"""How usual a text is, in French and on prescriptions: a character n-gram model read from a packed trie.

Back-off (Katz, IEEE Trans. ASSP 35, 1987) over the n-grams that models/language/train.py kept: where a
context was never followed by a character, a shorter context answers, at a cost.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.domain.errors import ToolMissing

START = "\n"
"""Stands before a line's first character and after its last."""

DIGITS = "0123456789½¼¾²"
"""Characters that the model sees as one and the same: which digit is written is for the ink to say."""

MAGIC = b"reprise ngrams 1\n"
_SAME = str.maketrans({**dict.fromkeys(DIGITS, "0"), "’": "'", "–": "-", "—": "-"})
_REMEMBERED = 100_000  # scores kept between lines, about 10 MB; strings and floats cost the collector nothing


@dataclass(frozen=True, slots=True)
class Dials:
    """How much the language may say against the ink; fitted by models/language/tune.py.

    Attributes:
        weight: a nat of the language counts so many nats of the ink; 0 = the ink alone.
        bonus: nats added a character, without which short texts would win.
        bound: a text that the ink finds less likely than the likeliest by so many nats is not considered.
        name_bound: the same where the best path has a capital: names are not made common words.
        width: texts kept a step.
        sure: a word, none of whose steps is less sure than this, stays; 0-1.
        sure_space: a space as sure as this parts what is decided together; 0-1.
        digit: where the ink thinks a digit likelier than this, the word is not touched; 0-1.
    """

    weight: float
    bonus: float
    bound: float
    name_bound: float
    width: int
    sure: float
    sure_space: float
    digit: float


class Language:
    """A language model with the dials it is used with.

    A context is a string, the last characters written: `after` makes it, `step` moves it on.
    """

    def __init__(self, folder: Path) -> None:
        """Read a model's manifest, check its file and open it.

        Raises:
            ToolMissing: a file is missing, incomplete, or not the manifest's.
        """
        try:
            manifest = tomllib.loads((folder / "manifest.toml").read_text("utf-8"))
            data = (folder / manifest["weights"]["file"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != manifest["weights"]["sha256"]:
                raise ToolMissing(f"model {folder.name}: the weights are not those of the manifest")
            self.name = f"{manifest['name']} {manifest['version']}"
            self.dials = Dials(**manifest["dials"])
            self._open(data)
        except OSError as error:
            raise ToolMissing(f"model {folder.name}: manifest or weights are missing") from error
        except (KeyError, TypeError, ValueError) as error:
            raise ToolMissing(f"model {folder.name}: the manifest is not complete: {error}") from error

    def _open(self, data: bytes) -> None:
        if not data.startswith(MAGIC):
            raise ValueError("not a packed language model")
        head, _, rest = data[len(MAGIC) :].partition(b"\n")
        told: dict[str, Any] = json.loads(head)
        nodes, inner, step = told["nodes"], told["inner"], told["step"]
        if len(rest) != 2 * (nodes + inner):
            raise ValueError("the packed language model is cut off")
        self.order: int = told["order"]
        self._inner, self._unit = inner, float(step)
        self._symbols, self._costs = rest[:nodes], rest[nodes : 2 * nodes]
        children = np.frombuffer(rest, np.uint8, inner, 2 * nodes)
        self._first: list[int] = np.concatenate([[1], 1 + np.cumsum(children, dtype=np.int64)]).tolist()
        self._backoff = rest[2 * nodes + inner :]
        self._symbol_of = {c: number for number, c in enumerate(told["alphabet"])}
        self._unknown: float = told["unknown"]
        self._scores: dict[str, float] = {}
        self._nodes: dict[str, tuple[int, ...]] = {}

    def after(self, text: str) -> str:
        """Return what the model remembers of a text that starts a line: its last characters."""
        return normal(START + text)[1 - self.order :]

    def step(self, context: str, character: str) -> tuple[float, str]:
        """Return log P(character | context), natural, and the context after it."""
        gram = context + character.translate(_SAME)
        score = self._scores.get(gram)
        if score is None:
            if len(self._scores) >= _REMEMBERED:
                self._scores, self._nodes = {}, {}
            score = self._scores[gram] = self._score(context, gram[len(context) :])
        return score, gram[1 - self.order :]

    def _score(self, context: str, character: str) -> float:
        symbol = self._symbol_of.get(character)
        if symbol is None:
            return self._unknown
        nodes = self._nodes.get(context)
        if nodes is None:
            nodes = self._nodes[context] = tuple(self._endings(context))
        passed = 0
        for node in nodes:
            found = self._symbols.find(symbol, self._first[node], self._first[node + 1])
            if found >= 0:
                return -self._unit * (passed + self._costs[found])
            passed += self._backoff[node]
        return self._unknown - self._unit * passed

    def _endings(self, context: str) -> Iterator[int]:
        """Yield the inner nodes of a context and of its ever shorter endings, the root last."""
        symbols = [self._symbol_of.get(character) for character in context]
        for start in range(len(symbols) + 1):
            node = 0
            for symbol in symbols[start:]:
                if symbol is None:
                    break
                node = self._symbols.find(symbol, self._first[node], self._first[node + 1])
                if not 0 <= node < self._inner:
                    break
            else:
                yield node


def normal(text: str) -> str:
    """Return a text as the model sees it: every digit 0, one apostrophe, one dash."""
    return text.translate(_SAME)
