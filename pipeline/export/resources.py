"""The resources of a file: a Bundle, one resource, a list of them, or one on each line (NDJSON)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.domain.errors import BadRegistry
from pipeline.domain.registry import Problem

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A resource with its place: the line in NDJSON, else the entry, from 1; `url` = its Bundle's fullUrl."""

    number: int
    resource: Resource
    url: str = ""


@dataclass(slots=True)
class Resources:
    """What a file holds, in order, and the lines or entries that are no resource.

    Attributes:
        by_line: the numbers are lines, not entries.
    """

    found: list[Numbered] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    by_line: bool = False

    def of_type(self, name: str) -> Iterator[Numbered]:
        """Yield the resources of one type."""
        return (one for one in self.found if one.resource["resourceType"] == name)

    def left_out(self, read: Sequence[str]) -> tuple[str, ...]:
        """Return the types that nobody reads, each with its number: "Observation (3)"."""
        counted = Counter(one.resource["resourceType"] for one in self.found)
        return tuple(f"{name} ({count})" for name, count in counted.items() if name not in read)

    def take(self, number: int, resource: Any, url: Any = "") -> None:
        """Keep a resource; what is none is told."""
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            self.found.append(Numbered(number, resource, url if isinstance(url, str) else ""))
        else:
            self.problems.append(
                Problem(number, "ce n'est pas une ressource FHIR, ignorée", "no FHIR resource, left out")
            )


def read_resources(text: str, name: str) -> Resources:
    """Return the resources that a text holds; one bad line among good ones is a Problem.

    Args:
        text: of the file.
        name: the file's, for the error.

    Raises:
        BadRegistry: it is neither JSON nor NDJSON of resources; the message names the line, never the
            content.
    """
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise BadRegistry(f"{name} : JSON trop imbriqué / JSON nested too deeply") from error
    except ValueError as error:
        lines = _from_lines(text)
        if not lines.found:
            at = getattr(error, "lineno", 1)
            cut = not text.rstrip().endswith(("}", "]"))
            raise BadRegistry(
                f"{name} : JSON {'coupé' if cut else 'malformé'} à la ligne {at} ; rien n'a été importé "
                f"/ JSON {'cut off' if cut else 'malformed'} at line {at}; nothing was imported"
            ) from None
        return lines
    return _from_json(content, name)


def _from_json(content: Any, name: str) -> Resources:
    resources = Resources()
    if isinstance(content, dict) and content.get("resourceType") == "Bundle":
        entries = content.get("entry")
        for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
            whole = entry if isinstance(entry, dict) else {}
            resources.take(number, whole.get("resource"), whole.get("fullUrl"))
    elif isinstance(content, list):
        for number, resource in enumerate(content, start=1):
            resources.take(number, resource)
    else:
        resources.take(1, content)
        if not resources.found:
            raise BadRegistry(f"{name} : ce JSON n'est pas du FHIR / this JSON is no FHIR")
    return resources


def _from_lines(text: str) -> Resources:
    resources = Resources(by_line=True)
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            resources.take(number, json.loads(line))
        except (ValueError, RecursionError):
            resources.problems.append(
                Problem(number, "JSON malformé, ligne ignorée", "malformed JSON, line left out")
            )
    return resources
