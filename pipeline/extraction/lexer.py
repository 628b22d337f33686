"""Posology text as terms: numbers, words with a meaning from the table, symbols, and the unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.extraction.tables import fold, rules

# Letters that a recogniser puts where a digit stands ("l cp", "1O0"): such a number is not read.
_ATOM = re.compile(
    r"""(?P<arrow>-+>|=+>|→|⇒)
    |(?P<smudge>(?<![a-z0-9])(?:\d+[lio|]+[\dlio|]*(?=[\s,.]|mg|g|cp|$)|[lio|]+\d[\dlio|]*|[li|o](?=\s?(?:cp|cpr|comp|gel|sach|amp|gtt|bouff|mg|g|ui|ml|pulv|x\s?/)[a-z]*)))
    |(?P<dot>(?:(?<=[\w.,])\.|\.(?!\d))|\(s\))
    |(?P<fraction>(?<![\d,.])[1-3](?:/|\s/\s)[2-4](?![\d,.]|\s?h))
    |(?P<number>\d+(?:[.,]\d+)?|(?<![\w.,])[.,]\d+|[½¼¾])
    |(?P<word>[a-zµ%°&]+)
    |(?P<symbol>[^\s'.])""",
    re.VERBOSE,
)
_LETTERS = re.compile(
    r"(?<![\w])m\s?(?:[-/+.]|et\s)?\s?(?:(?P<noon>m|mi)\s?(?:[-/+.]|et\s)?\s?)?s(?:\s?[-/+.]\s?(?P<bed>c))?(?![\w'-])"
)
_COUNTING = frozenset(("each", "per", "during", "times", "supply", "over"))
_HEADS = frozenset(("unit", "time"))
_TAILS = frozenset(("during", "if", "needed", "moment", "supply", "max", "then"))
_VULGAR = {"½": "0.5", "¼": "0.25", "¾": "0.75"}
SECTIONS = (
    *("unit", "route", "site", "moment", "weekday", "time", "instruction"),
    *("number", "rate", "word", "reason"),
)


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of text with its meaning.

    Attributes:
        kind: a section of the table ("unit", "moment", ...), "smudge", "symbol", "arrow", "unknown"; for
            the section "word" the word's role itself ("times", "per", "max", ...).
        value: normal form; numbers as decimals with a point.
        start, end: place in the text.
        fuzzy: matched with one letter wrong.
    """

    kind: str
    value: str
    start: int
    end: int
    fuzzy: bool = False

    @property
    def number(self) -> Decimal | None:
        """The number, None for a smudge."""
        return Decimal(self.value) if self.kind == "number" else None


@dataclass(frozen=True, slots=True)
class _Atom:
    kind: str
    text: str
    start: int
    end: int


def _atoms(folded: str) -> list[_Atom]:
    found = []
    for match in _ATOM.finditer(folded):
        kind = match.lastgroup or "symbol"
        if kind != "dot":
            found.append(_Atom(kind, match.group(), match.start(), match.end()))
    return found


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """First atom -> phrases (atoms, kind, value), longest first."""
    table: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for section in SECTIONS:
        for meaning, surfaces in rules("posology")[section].items():
            for surface in surfaces:
                atoms = tuple(atom.text for atom in _atoms(fold(surface)))
                kind, value = (meaning, surface) if section == "word" else (section, meaning)
                table.setdefault(atoms[0], []).append((atoms, kind, value))
    for wanted, surfaces in rules("posology")["misread"].items():
        meaning = next(entry for entry in table[fold(wanted)] if entry[0] == (fold(wanted),))
        for surface in surfaces:
            table.setdefault(fold(surface), []).append(((fold(surface),), meaning[1], meaning[2]))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


@cache
def _long_words() -> dict[str, tuple[str, str]]:
    return {
        atoms[0]: (kind, value)
        for entries in _phrases().values()
        for atoms, kind, value in entries
        if len(atoms) == 1 and len(atoms[0]) >= 5 and kind != "number"
    }


@cache
def _words_about(length: int) -> list[str]:
    """Return the long words that two wrong letters may make so long."""
    return [word for word in _long_words() if abs(len(word) - length) <= 2]


@cache
def _real_words() -> frozenset[str]:
    return frozenset(map(fold, rules("posology")["real"]["word"]))


@lru_cache(maxsize=20_000)
def _near(word: str) -> tuple[str, str] | None:
    """Return the meaning of the one word that is meant by a misread one; digits are never repaired.

    One letter wrong from five letters on, two in words of eight or more ("compnmé").
    """
    if len(word) < 5 or word in _real_words():
        return None
    words = _long_words()
    near = process.extract(word, _words_about(len(word)), scorer=OSA.distance, score_cutoff=2, limit=8)
    close = [(wrong, words[surface]) for surface, wrong, _ in near if wrong <= 1 or len(surface) >= 8]
    least = min((wrong for wrong, _ in close), default=0)
    meanings = {meaning for wrong, meaning in close if wrong == least}
    return meanings.pop() if len(meanings) == 1 else None


def terms_of(text: str) -> list[Term]:
    """Return the terms of a text, longest phrases first, left to right."""
    return list(_terms_of(text))


@lru_cache(maxsize=8192)
def _terms_of(text: str) -> tuple[Term, ...]:
    folded = fold(text)
    letters = {match.start(): match for match in _LETTERS.finditer(folded)}
    atoms = _atoms(folded)
    phrases = _phrases()
    terms: list[Term] = []
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        if atom.start in letters:
            match = letters[atom.start]
            terms += _moments_of(match)
            while at < len(atoms) and atoms[at].start < match.end():
                at += 1
            continue
        found = _phrase_at(atoms, at, phrases)
        if found and atom.kind == "number" and terms and terms[-1].kind in _COUNTING:
            found = None  # the 2 h of "toutes les 2 h après les repas" are how often
        if found and found[0] == "max" and terms and terms[-1].kind == "number":
            own = _meaning(atom.text)
            found = (
                (*own, 1) if own and own[0] == "unit" else found
            )  # "1 dose max 3/j": of which one is taken
        if found:
            kind, value, length = found
            terms.append(Term(kind, value, atom.start, atoms[at + length - 1].end))
            at += length
            continue
        following = atoms[at + 1].kind if at + 1 < len(atoms) else ""
        terms += _parts(atom, following) or [_single(atom)]
        at += 1
    return tuple(terms)


def _phrase_at(
    atoms: list[_Atom], at: int, phrases: dict[str, list[tuple[tuple[str, ...], str, str]]]
) -> tuple[str, str, int] | None:
    for surface, kind, value in phrases.get(atoms[at].text, ()):
        if all(at + k < len(atoms) and atoms[at + k].text == part for k, part in enumerate(surface)):
            return kind, value, len(surface)
    return None


def _parts(atom: _Atom, following: str) -> list[Term]:
    """Part two words that lost their blank, a unit or a time first: "cpx" before a number, "jsi"."""
    if atom.kind != "word" or len(atom.text) < 2:
        return []
    for cut in range(len(atom.text) - 1, 0, -1):
        head, tail = _meaning(atom.text[:cut]), _meaning(atom.text[cut:])
        if not head or not tail or head[0] not in _HEADS or (head[0] == "unit" and cut < 2):
            continue
        if tail[0] in _TAILS or (tail[0] == "times" and following == "number"):
            middle = atom.start + cut
            return [Term(*head, atom.start, middle), Term(*tail, middle, atom.end)]
    return []


def _meaning(word: str) -> tuple[str, str] | None:
    """Return the meaning of a word that stands for itself in the table."""
    entries = _phrases().get(word, ())
    return next(((kind, value) for surface, kind, value in entries if len(surface) == 1), None)


def _single(atom: _Atom) -> Term:
    if atom.kind == "number":
        value = _VULGAR.get(atom.text, atom.text.replace(",", "."))
        return Term("number", f"0{value}" if value.startswith(".") else value, atom.start, atom.end)
    if atom.kind == "fraction":
        top, bottom = re.split(r"\s?/\s?", atom.text)
        exact = (Decimal(top) / Decimal(bottom)).quantize(Decimal("0.0001")).normalize()
        return Term("number", str(exact), atom.start, atom.end)
    if atom.kind == "word":
        near = _near(atom.text)
        if near:
            return Term(near[0], near[1], atom.start, atom.end, fuzzy=True)
        return Term("unknown", atom.text, atom.start, atom.end)
    return Term(atom.kind, atom.text, atom.start, atom.end)


def _moments_of(match: re.Match[str]) -> list[Term]:
    """Open "m-s", "m-m-s", "m-m-s-c" into moments."""
    names = ["matin", *(["midi"] if match["noon"] else []), "soir", *(["coucher"] if match["bed"] else [])]
    return [Term("moment", name, match.start(), match.end()) for name in names]
