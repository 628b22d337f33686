"""A gold table of posologies written by hand, and what the grammar must never do."""

from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest

from pipeline.domain.meaning import Posology
from pipeline.extraction.drafts import route_of_unit
from pipeline.extraction.lexer import terms_of
from pipeline.extraction.phrases import STARTS, Phrase
from pipeline.extraction.posology import parse_posology, parse_sig
from pipeline.extraction.state import State

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "gold.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def span(low: object, high: object) -> str:
    return f"{low}-{high}" if high else f"{low}"


def brief(posology: Posology) -> str:
    """The gold table's notation of one posology."""
    p = posology
    dose = span(plain(p.dose), plain(p.dose_high)) if p.dose is not None else "?" if p.dose_unit else ""
    parts = [
        f"{dose} {p.dose_unit or ''}".strip(),
        f"{span(p.frequency, p.frequency_max)}/{span(plain(p.period), plain(p.period_max))}{p.period_unit}"
        if p.frequency
        else "",
        "+".join(p.when),
        f"for {span(plain(p.duration.value), plain(p.duration.high))}{p.duration.unit}" if p.duration else "",
        f"prn {p.as_needed_for or ''}".strip() if p.as_needed else "",
        f"cap {plain(p.max_per_day)} {p.max_unit or ''}".strip() if p.max_per_day else "",
        "once" if p.count == 1 else "",
        "days " + ",".join(map(str, p.weekdays)) if p.weekdays else "",
        *(f"note {text}" for text in p.instructions),
        f"site {p.site}" if p.site else "",
        f"route {p.route}" if p.route else "",
    ]
    return "; ".join(part for part in parts if part)


def said(posologies: tuple[Posology, ...]) -> str:
    out = ""
    for number, posology in enumerate(posologies):
        if number:
            out += " & " if posology.sequence == posologies[number - 1].sequence else " > "
        out += brief(posology)
    return out


def without_implied_route(expected: str, posologies: tuple[Posology, ...]) -> str:
    """The table leaves out "route orale" where the unit implies it."""
    if "route orale" not in expected and any(route_of_unit(p.dose_unit) == "orale" for p in posologies):
        return said(posologies).replace("; route orale", "")
    return said(posologies)


@pytest.mark.parametrize(("text", "expected"), [(row[0], row[1] if len(row) > 1 else "") for row in ROWS])
def test_gold(text: str, expected: str) -> None:
    found = parse_posology(text)
    assert without_implied_route(expected, found) == expected


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(ROWS) >= 120


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("l cp x3/j", "illegible"),
        ("1O cp le soir", "illegible"),
        ("10 U le soir", "dangerous-notation"),
        ("50 mcg le matin", "dangerous-notation"),
        ("1.0 cp le matin", "dangerous-notation"),
        (",5 mg le matin", "dangerous-notation"),
        ("12 cp le matin", "implausible"),
        ("2 cp si besoin max 6/j", "ambiguous"),
    ],
)
def test_what_is_doubtful_says_so(text: str, doubt: str) -> None:
    assert doubt in parse_sig(text).doubts


def test_a_letter_is_never_a_digit() -> None:
    (posology,) = parse_posology("l cp le soir")
    assert posology.dose is None and posology.dose_unit == "comprimé"


def test_words_nobody_knows_lower_the_coverage() -> None:
    assert parse_sig("1 cp matin et soir").coverage == 1.0
    assert parse_sig("1 cp xyzzy bloups le soir grumpf").coverage < 0.7


def test_two_thousand_items_a_second() -> None:
    texts = [row[0] for row in ROWS] * 10
    parse_sig(texts[0])
    best = min(timed(texts) for _ in range(3))
    assert best / len(texts) < 0.001


def timed(texts: list[str]) -> float:
    started = perf_counter()
    for text in texts:
        parse_sig(text)
    return perf_counter() - started


@pytest.mark.parametrize(("phrase", "kinds"), STARTS)
def test_a_phrase_begins_with_no_other_kind_of_term(phrase: Phrase, kinds: str) -> None:
    for row in ROWS:
        terms = terms_of(row[0])
        for at, term in enumerate(terms):
            if term.kind not in kinds.split():
                assert phrase(State(terms, row[0]), at) is None, (row[0], term)
