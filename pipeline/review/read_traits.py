"""What was read of the patient, trait by trait, each beside its own small piece of the page."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.identity import CODE, Traits
from pipeline.review.items import InkView, ink_views
from pipeline.review.words import Words

ROWS = (
    ("names", ("names",)),
    ("written_names", ("written_names",)),
    ("birth_name", ("birth_name",)),
    ("birth_date", ("birth_date",)),
    ("birth_year", ("birth_year",)),
    ("age", ("age", "age_months")),
    ("sex", ("sex",)),
    ("phone", ("phone",)),
    ("address", ("address", "postal_code", "city")),
    ("ins", ("ins",)),
)
"""The rows of the panel in order, each with the traits that it shows."""


@dataclass(frozen=True, slots=True)
class CropView:
    """A small piece of the page: its place among the marks, its line (None = a code), what was read there."""

    place: int
    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class ReadTraitView:
    """A trait as read.

    Attributes:
        label: "Né(e) le", "INS (code)".
        value: in words or digits.
        by_code: a code says it, letter by letter sure.
        crops: the ink that it stands on; a code is shown once, beside its first trait.
    """

    label: str
    value: str
    by_code: bool
    crops: tuple[CropView, ...]


@dataclass(frozen=True, slots=True)
class ReadView:
    """All that was read of the patient.

    Attributes:
        text: the identity lines as they read.
        traits: in the panel's order.
        ink: identity lines that gave no trait, or all of them where the page contradicts itself, shown whole.
        contradicted: the page names two different people.
    """

    text: str
    traits: tuple[ReadTraitView, ...]
    ink: tuple[InkView, ...]
    contradicted: bool


def read_view(traits: Traits, words: Words) -> ReadView:
    """Build what the panel shows of a page's traits."""
    marked = set() if traits.contradicted else {mark.evidence.line_order for mark in traits.marks}
    return ReadView(
        text=traits.text,
        traits=_rows(traits, words),
        ink=ink_views([piece for piece in traits.evidence if piece.line_order not in marked], words),
        contradicted=traits.contradicted,
    )


def _rows(traits: Traits, words: Words) -> tuple[ReadTraitView, ...]:
    rows: list[ReadTraitView] = []
    is_code_shown = False
    for name, shown in ROWS:
        marks = [(place, mark) for place, mark in enumerate(traits.marks) if mark.trait in shown]
        value = _value(name, traits, words)
        if not marks or not value or (name == "birth_name" and _says_birth_name(traits)):
            continue
        by_code = any(mark.evidence.line_order == CODE for _, mark in marks)
        crops = tuple(
            CropView(place, None if by_code else mark.evidence.line_order, mark.evidence.text)
            for place, mark in marks
            if not (by_code and is_code_shown)
        )
        is_code_shown = is_code_shown or by_code
        label = words(
            "trait.names_of_birth" if name == "names" and _says_birth_name(traits) else f"trait.{name}"
        )
        rows.append(
            ReadTraitView(words("trait.by_code", label=label) if by_code else label, value, by_code, crops)
        )
    return tuple(rows)


def _says_birth_name(traits: Traits) -> bool:
    """Whether the names come from a code, birth name first: once is enough."""
    return bool(traits.by_code and traits.birth_name and " ".join(traits.names).startswith(traits.birth_name))


def _value(name: str, traits: Traits, words: Words) -> str:
    if name == "names":
        title = None if traits.by_code and traits.written_names else _title(traits)
        return " ".join(part for part in (title, *traits.names) if part)
    if name == "written_names":
        return " ".join(part for part in (_title(traits), *traits.written_names) if part)
    if name == "birth_date":
        return words.day(traits.birth_date) if traits.birth_date else ""
    if name == "age":
        if traits.age is not None:
            return words.count("person.age", traits.age)
        return "" if traits.age_months is None else words.count("trait.months", traits.age_months)
    if name == "sex":
        return words(f"sex.{traits.sex}") if traits.sex in ("F", "M") else ""
    if name == "address":
        town = " ".join(part for part in (traits.postal_code, traits.city) if part)
        return ", ".join(part for part in (traits.address, town) if part)
    if name == "phone":
        return _grouped(traits.phone or "", (2, 2, 2, 2, 2))
    if name == "ins":
        return _grouped(traits.ins or "", (1, 2, 2, 2, 3, 3, 2))
    value = getattr(traits, name)
    return "" if value is None else str(value)


def _title(traits: Traits) -> str | None:
    return "M." if traits.title == "M" else traits.title


def _grouped(signs: str, sizes: tuple[int, ...]) -> str:
    """Return signs in groups, as people read them out: "06 39 98 12 34"."""
    groups, place = [], 0
    for size in sizes:
        groups.append(signs[place : place + size])
        place += size
    return " ".join(group for group in (*groups, signs[place:]) if group)
