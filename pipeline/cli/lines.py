"""What is given to a verb line by line: lists in text files, standard input, questions as JSON."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.domain.errors import UsageError


class BadLine(Exception):
    """A line that cannot be used; its text is a reason in words that quotes nothing of the line."""


@dataclass(frozen=True, slots=True)
class Question:
    """Traits as written, of which somebody asks whose they are.

    Attributes:
        text: name, birth date, ... as they stand on the paper.
        written_on: the page's date; None = the paper does not say.
        prescriber: None = the paper does not say.
    """

    text: str
    written_on: date | None
    prescriber: str | None


def lines_in(listing: Path) -> list[str]:
    """Return the lines of a text file without the empty ones and without spaces at either end.

    Raises:
        UsageError: there is no such file, or it is not text in UTF-8.
    """
    try:
        text = listing.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{listing.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{listing.name} : ce n'est pas du texte en UTF-8 / this is not text in UTF-8"
        ) from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def typed_lines() -> Iterator[str]:
    """Yield every line of standard input, empty ones too, without spaces at either end.

    A byte order mark at the start is dropped; what is not UTF-8 becomes U+FFFD, which can be written again.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for number, line in enumerate(sys.stdin):
        yield (line.removeprefix("\ufeff") if number == 0 else line).strip()


def question_in(line: str) -> Question:
    """Return the question that one JSON line asks.

    Raises:
        BadLine: it is no JSON object, or a field is missing or of the wrong kind.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine("ce n'est pas du JSON / this is not JSON") from error
    if not isinstance(row, dict):
        raise BadLine("ce n'est pas un objet JSON / this is not a JSON object")
    if not isinstance(row.get("text"), str):
        raise BadLine('"text" manque ou n\'est pas du texte / "text" is missing or is not text')
    prescriber = row.get("prescriber")
    if prescriber is not None and not isinstance(prescriber, str):
        raise BadLine('"prescriber" n\'est pas du texte / "prescriber" is not text')
    return Question(row["text"], _day(row.get("written_on")), prescriber)


def _day(value: object) -> date | None:
    """Return a date that may be absent, null or empty."""
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise BadLine(
            '"written_on" n\'est pas une date AAAA-MM-JJ / "written_on" is not a date YYYY-MM-DD'
        ) from error
