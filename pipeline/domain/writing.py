"""What the ink says: readings that keep their doubt, and the map from every character to its ink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.geometry import Quad
from pipeline.domain.grade import Grade
from pipeline.domain.paper import Line


@dataclass(frozen=True, slots=True)
class Posteriors:
    """CTC character probabilities of one line, the top k of every step.

    Attributes:
        vocabulary: class i + 1 is `vocabulary[i]`; class 0 is the CTC blank.
        steps: T, time steps along the line, left to right, evenly spaced.
        k: classes kept a step.
        classes: uint16 little-endian, (steps, k), most probable first.
        log_probs: float16 little-endian, (steps, k), natural logarithms, at most 0.

    Bytes rather than arrays: values here are compared, hashed and stored. `pipeline.ink` opens them.
    """

    vocabulary: str
    steps: int
    k: int
    classes: bytes
    log_probs: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader says that a line says.

    Attributes:
        text: the best guess; may be empty.
        confidence: 0-1, the reader's own, not calibrated.
        reader: name and version of the reader ("ppocrv6-small 3.10.0").
        places: for every character of `text`, where it starts and ends along the line, 0-1.
        posteriors: None where the reader keeps none (print).
        right: 0-1, calibrated: how often a text that reads like this is right to the last character;
            None where the reader is not calibrated.
        grade: the same for people; None where the reader is not calibrated.
    """

    text: str
    confidence: float
    reader: str
    places: tuple[tuple[float, float], ...]
    posteriors: Posteriors | None = None
    right: float | None = None
    grade: Grade | None = None

    def __post_init__(self) -> None:
        if len(self.places) != len(self.text):
            raise ValueError("a reading needs one place for every character")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` up to but not including `end` of a transcript's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span is inside out: {self.start, self.end}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of ink that a value rests on.

    Attributes:
        page_id: the page.
        line_order: reading order of the line on that page.
        quad: in pixels of the delivered image.
        text: what was read there.
        says: the one value that it gives, where it stands apart and counts for other lines as well:
            "duration", "renewals"; None = it is part of what rests on it.
    """

    page_id: str
    line_order: int
    quad: Quad
    text: str
    says: str | None = None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line with what was read on it."""

    line: Line
    reading: Reading


@dataclass(frozen=True, slots=True)
class Transcript:
    """A page's text in reading order, with a map from every character back to its ink."""

    lines: tuple[ReadLine, ...]

    @property
    def text(self) -> str:
        """All lines, joined by line feeds."""
        return "\n".join(read.reading.text for read in self.lines)

    def starts(self) -> Iterator[tuple[int, ReadLine]]:
        """Yield every line with the place in `text` where it starts."""
        start = 0
        for read in self.lines:
            yield start, read
            start += len(read.reading.text) + 1

    def span_of(self, index: int) -> Span:
        """Return the span of the line at `index` (from 0)."""
        for number, (start, read) in enumerate(self.starts()):
            if number == index:
                return Span(start, start + len(read.reading.text))
        raise IndexError(index)

    def evidence(self, span: Span) -> tuple[Evidence, ...]:
        """Return the ink under a span, one piece a line that it touches."""
        found = []
        for start, read in self.starts():
            text = read.reading.text
            first, last = max(span.start - start, 0), min(span.end - start, len(text))
            if first < last:
                places = read.reading.places[first:last]
                quad = read.line.quad.part(places[0][0], places[-1][1])
                found.append(Evidence(read.line.page_id, read.line.order, quad, text[first:last]))
        return tuple(found)
