"""Which column holds which field: the built-in table, and what a person taught beside it."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.errors import BadRegistry, UsageError
from pipeline.matching.patient_names import folded

TABLE = Path(__file__).parent / "registry_headings.toml"
KINDS = ("patients", "doctors", "appointments")
IGNORED = "-"
"""The field of a column that a person wants left out without being told each time."""

_SMALL_WORDS = {"de", "du", "des", "d"}
_LOOKS_LIKE_DATA = re.compile(r"\d{4}|\d\d?[/.-]\d\d?[/.-]\d\d")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one file.

    Attributes:
        headings: as written, in order.
        fields: the field that each holds; "" = nobody reads it.
        learned: "heading" -> field, where a person's word was used.
    """

    headings: tuple[str, ...]
    fields: tuple[str, ...]
    learned: Mapping[str, str] = field(default_factory=dict)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The headings of columns that are not read, those that a person left out aside."""
        return tuple(
            heading or f"({place})"
            for place, (heading, name) in enumerate(zip(self.headings, self.fields, strict=True), start=1)
            if not name and self.learned.get(heading) != IGNORED
        )


def heading_key(heading: str) -> str:
    """Return a heading as it is compared: "Date de naissance", "DATE_NAISSANCE" are "datenaissance"."""
    spaced = heading.replace("°", "o ").replace("’", "'")
    return "".join(word for word in folded(spaced).split() if word not in _SMALL_WORDS)


def columns(headings: Sequence[str], kind: str, taught: Mapping[str, str] | None = None) -> Columns:
    """Return what each column holds.

    Args:
        headings: the first line's cells.
        kind: one of `KINDS`.
        taught: a person's words, `heading_key` -> field (`IGNORED` = leave it out); they come first.
    """
    taught = taught or {}
    words, otherwise = _words(kind)
    keys = [heading_key(heading) for heading in headings]
    fields = [taught[key] if key in taught else _known(words, key) for key in keys]
    for place, key in enumerate(keys):
        second = otherwise.get(key)
        if key not in taught and second and fields.count(fields[place]) > 1:
            fields[place] = second if second not in fields else ""
    learned = {heading: taught[key] for heading, key in zip(headings, keys, strict=True) if key in taught}
    return Columns(tuple(headings), tuple(_once(fields, keys, taught)), learned)


def _known(words: Mapping[str, str], key: str) -> str:
    """Return the field of a heading, "Sexe patient" and "Sexe INS" being "Sexe"; "" = not known."""
    bare = key.removesuffix("patient").removesuffix("ins")
    return words.get(key) or words.get(bare, "")


def _once(fields: list[str], keys: list[str], taught: Mapping[str, str]) -> list[str]:
    """Keep one column a field: the one that a person named, else the first."""
    best: dict[str, int] = {}
    for place, name in enumerate(fields):
        if name not in best or (keys[place] in taught and keys[best[name]] not in taught):
            best[name] = place
    return [
        name if name not in ("", IGNORED) and best[name] == place else "" for place, name in enumerate(fields)
    ]


def missing(found: Columns, kind: str) -> tuple[str, ...]:
    """Return the fields that this kind of file needs and that no column holds."""
    needed: list[list[str]] = _table()[kind]["needed"]
    return tuple(choice[0] for choice in needed if not set(choice) & set(found.fields))


def kind_of(headings: Sequence[str], name: str, taught: Mapping[str, Mapping[str, str]]) -> str:
    """Return what a file with these headings holds: its name tells, where its columns allow; else they do.

    A file that lacks a column that it needs is the kind of its name, or the kind with most known columns.

    Raises:
        BadRegistry: neither the name nor any heading says anything.
    """
    found = {kind: columns(headings, kind, taught.get(kind)) for kind in KINDS}
    known = {kind: sum(1 for one in found[kind].fields if one) for kind in KINDS}
    whole = [kind for kind in KINDS if not missing(found[kind], kind)]
    named = named_kind(name)
    if named in whole or (named in KINDS and not whole):
        return named
    if whole:
        # An agenda holds names too: of two that fit, the one that only this kind of column could satisfy.
        return max(reversed(whole), key=known.__getitem__)
    if not any(known.values()):
        raise BadRegistry(not_headings(headings, name))
    return max(KINDS, key=known.__getitem__)


def named_kind(name: str) -> str:
    """Return the kind that a file's name tells: one of `KINDS` or "records"; "" = none."""
    plain = heading_key(Path(name).stem)
    for kind, words in _table()["names"].items():
        if any(word in plain for word in words):
            return str(kind)
    return ""


def not_headings(headings: Sequence[str], name: str) -> str:
    """Return the sentence for a first line that holds no heading that anybody knows."""
    return (
        f"{name} : aucune colonne connue / no known column\n"
        f"{_shown(headings)}\n"
        f"{_how(name, 'birth_name')} (reprise import --headings)"
    )


def without(found: Columns, kind: str, name: str, fields: Sequence[str]) -> str:
    """Return the sentence for a file that lacks columns: which, what was found, how to say which it is."""
    wanted = ", ".join(f"{label(kind, one)} ({one})" for one in fields)
    english = ", ".join(f"{label(kind, one, english=True)} ({one})" for one in fields)
    return (
        f"{name} : pas de colonne pour : {wanted} / no column for: {english}\n"
        f"{_shown(found.headings)}\n"
        f"{_how(name, fields[0])}"
    )


def _shown(headings: Sequence[str]) -> str:
    """Return the headings as found; a first line that looks like somebody's data is not quoted."""
    if any(_LOOKS_LIKE_DATA.search(heading) for heading in headings):
        return (
            "la première ligne n'est pas une ligne de titres : ajoutez-la "
            "/ the first line holds no headings: add them"
        )
    return "colonnes trouvées / columns found: " + ", ".join(f"« {heading} »" for heading in headings)


def _how(name: str, field_name: str) -> str:
    return (
        "dites laquelle, une fois pour toutes / say which it is, once and for all : "
        f'reprise import {shlex.quote(name)} --map "COLONNE={field_name}"'
    )


def teach(pairs: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return what `--map "heading=field"` says: `heading_key` -> (heading, what stands for the field).

    Raises:
        UsageError: there is no "=", or nothing before it.
    """
    taught = {}
    for pair in pairs:
        heading, equals, name = pair.rpartition("=")
        if not equals or not heading_key(heading):
            raise UsageError(f'--map "{pair}" : --map "COLONNE=birth_name"')
        taught[heading_key(heading)] = (heading.strip(), name.strip())
    return taught


def field_named(name: str, kind: str) -> str | None:
    """Return the field that a person means by its name, its label or a heading; None = none of this kind."""
    if name == IGNORED or name in _table()[kind]["fields"]:
        return name
    key = heading_key(name)
    for field_name, row in _table()[kind]["fields"].items():
        if key in (heading_key(row["label"]), heading_key(row["english"]), heading_key(field_name)):
            return str(field_name)
    return _words(kind)[0].get(key)


def label(kind: str, name: str, *, english: bool = False) -> str:
    """Return what people call a field; the name itself where the table has none."""
    row = _table()[kind]["fields"].get(name, {})
    return str(row.get("english" if english else "label", name))


def known_headings(kind: str) -> dict[str, tuple[str, ...]]:
    """Return the headings that the built-in table knows, by field."""
    return {name: tuple(row["words"]) for name, row in _table()[kind]["fields"].items()}


def values(meaning: str) -> frozenset[str]:
    """Return the words of a value, folded: "female", "male", "open"; "cancelled", "standing"."""
    return _values()[meaning]


@cache
def _values() -> dict[str, frozenset[str]]:
    return {meaning: frozenset(words) for meaning, words in _table()["values"].items()}


@cache
def _table() -> dict[str, Any]:
    with TABLE.open("rb") as stream:
        return tomllib.load(stream)


@cache
def _words(kind: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return heading -> field, and heading -> its second meaning, both by `heading_key`."""
    words: dict[str, str] = {}
    otherwise: dict[str, str] = {}
    for name, row in _table()[kind]["fields"].items():
        words.update({heading_key(word): name for word in row["words"]})
        otherwise.update({heading_key(word): second for word, second in row.get("otherwise", {}).items()})
    return words, otherwise
