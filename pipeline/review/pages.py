"""One page as a screen shows it: the scan with its lines, the cards, the panel of whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.errors import Failure
from pipeline.domain.meaning import Assertion, Mention
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Page, Scan
from pipeline.review.items import InkView, ItemView, ink_views
from pipeline.review.lines import LineView, MarkView, line_views, marks_of
from pipeline.review.sheets import SheetView
from pipeline.review.whose import WhoseView
from pipeline.review.words import Words


@dataclass(frozen=True, slots=True)
class MentionView:
    """Something else that the page says: its kind, words and sense, and the line that it stands on."""

    kind: str
    text: str
    sense: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class FactView:
    """What is known of the page as a whole, with the ink that says so; no ink = the page does not."""

    label: str
    value: str
    ink: tuple[InkView, ...] = ()


@dataclass(frozen=True, slots=True)
class PageView:
    """The screen of one page.

    Attributes:
        width, height: px of the upright page, the coordinates of `lines`.
        marks: what the sheet's marks mean, one each.
        status: "read", "pending" or "failed".
        retried: who had it read again and when, in words; None = nobody.
        sheet: the panel of a page that was linked to another one; None = it never was.
        copies: ids of later pages that show this same sheet.
        empty: why there is no card, in words; None = there are cards.
        supposed: with whose record it was compared while nobody is settled, in words; None = nobody's.
    """

    id: str
    status: str
    title: str
    facts: tuple[FactView, ...]
    kind: str
    width: int
    height: int
    rotation: int
    lines: tuple[LineView, ...]
    marks: tuple[MarkView, ...]
    items: tuple[ItemView, ...]
    whose: WhoseView | None
    mentions: tuple[MentionView, ...]
    failure: str | None
    retried: str | None
    sheet: SheetView | None
    copies: tuple[str, ...]
    empty: str | None
    open: int
    supposed: str | None

    @property
    def decided(self) -> int:
        """How many cards are decided."""
        return len(self.items) - self.open


def page_view(
    page: Page,
    scan: Scan | None,
    *,
    pages_in_file: int,
    outcome: PageOutcome | None,
    items: Sequence[ItemView],
    whose: WhoseView | None,
    supposed: str | None,
    failure: Failure | None,
    retried: str | None,
    sheet: SheetView | None,
    copies: Sequence[str],
    words: Words,
) -> PageView:
    """Build the screen of one page; without an outcome it is pending, or failed.

    Args:
        page: which.
        scan: the file it came in.
        pages_in_file: how many pages that file has.
        outcome: what the road made of it.
        items: its cards.
        whose: its panel.
        supposed: with whose record it was compared, in words.
        failure: why it could not be read.
        retried: who had it read again, in words.
        sheet: the panel of what it repeats.
        copies: ids of the pages that repeat it.
        words: in which language.
    """
    rotation = outcome.layout.rotation if outcome else 0
    turned = rotation in (90, 270)
    kind = outcome.understanding.kind.value if outcome else ""
    lines = line_views(outcome, items, words) if outcome else ()
    status = "read" if outcome else "failed" if failure else "pending"
    return PageView(
        id=page.id,
        status=status,
        title=words(f"kind.{kind}") if kind else words(f"page.{status}"),
        facts=_facts(page, scan, pages_in_file, outcome, words),
        kind=kind,
        width=page.height if turned else page.width,
        height=page.width if turned else page.height,
        rotation=rotation,
        lines=lines,
        marks=marks_of(lines),
        items=tuple(items),
        whose=whose,
        mentions=tuple(_mention(mention, words) for mention in outcome.understanding.mentions)
        if outcome
        else (),
        failure=_sentence(failure, words),
        retried=retried,
        sheet=sheet,
        copies=tuple(copies),
        empty=_why_empty(outcome, items, words),
        open=sum(item.state == "open" for item in items),
        supposed=supposed,
    )


def _facts(
    page: Page, scan: Scan | None, pages_in_file: int, outcome: PageOutcome | None, words: Words
) -> tuple[FactView, ...]:
    found: list[FactView] = []
    if outcome:
        told = outcome.understanding
        written, prescriber = words.day(told.written_on), told.prescriber or words("page.not_said")
        found.append(FactView(words("page.written_on"), written, ink_views(told.written_on_ink, words)))
        found.append(FactView(words("page.prescriber"), prescriber, ink_views(told.prescriber_ink, words)))
    if scan:
        place = words("page.place", number=page.number, pages=max(pages_in_file, page.number))
        found.append(FactView(words("page.file"), f"{scan.name} · {place}"))
    return tuple(found)


def _mention(mention: Mention, words: Words) -> MentionView:
    value = " ".join(part for part in (mention.value, mention.unit) if part)
    shows = value and mention.value != mention.text
    return MentionView(
        kind=words(f"mention.{mention.kind.value}"),
        text=f"{mention.text} ({value})" if shows else mention.text,
        sense=None
        if mention.assertion is Assertion.AFFIRMED
        else words(f"assertion.{mention.assertion.value}"),
        line=mention.evidence[0].line_order if mention.evidence else None,
    )


def _sentence(failure: Failure | None, words: Words) -> str | None:
    if failure is None:
        return None
    return failure.message if words.language == "fr" else failure.message_en


def _why_empty(outcome: PageOutcome | None, items: Sequence[ItemView], words: Words) -> str | None:
    if items or outcome is None:
        return None
    if outcome.duplicate_of:
        return words("empty.duplicate")
    if outcome.layout.blank:
        return words("empty.blank")
    if not any(line.reading.text.strip() for line in outcome.transcript.lines):
        return words("empty.illegible")
    return words(f"empty.{outcome.understanding.kind.value}")
