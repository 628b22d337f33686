"""Which of a substance's strengths a brand is sold in: Kardégic is no sachet of 500 mg, aspirin is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.domain.drug import Drug
from pipeline.domain.strength import strength_key

COUNTED = frozenset(
    (
        "comprimé",
        "comprimé orodispersible",
        "comprimé effervescent",
        "gélule",
        "capsule",
        "sachet",
        "suppositoire",
    )
)
"""Forms of which one strength has one way of being written."""


def amounts_key(strength: str) -> tuple[object, ...]:
    """Return what a strength amounts to, in any order of its parts; an unreadable one is its own key."""
    return tuple(sorted(strength_key(strength))) or (strength,)


def of_form(form: str, known: Sequence[str], own: Iterable[str]) -> tuple[str, ...]:
    """Return those of a form's strengths that a brand is sold in, as they are written in `known`.

    All of them where the form is not counted out, because one concentration has many ways of being written,
    and where none is the brand's own. A part of a combination's strength counts.

    Args:
        form: in everyday words.
        known: strengths of the substance in that form.
        own: strengths of the brand.
    """
    sold = [set(amounts_key(text)) for text in own]
    kept = tuple(text for text in known if any(set(amounts_key(text)) <= one for one in sold))
    return kept if kept and form in COUNTED else tuple(known)


def of_brand(
    pairs: Sequence[tuple[str, tuple[str, ...]]], entries: Sequence[Drug]
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the forms and strengths of a brand.

    Args:
        pairs: forms and strengths of its substance; a form may come several times, once for each use.
        entries: of the brand under that substance. Where there is none, or one that does not say forms and
            strengths, the substance's stay.
    """
    if not entries or not all(drug.forms and drug.strengths for drug in entries):
        return list(pairs)
    own = tuple(dict.fromkeys(text for drug in entries for text in drug.strengths))
    of_forms: dict[str, tuple[str, ...]] = {}
    for form, found in pairs:
        if any(form in drug.forms for drug in entries):
            of_forms[form] = (*of_forms.get(form, ()), *found)
    return [(form, of_form(form, found, own)) for form, found in of_forms.items()] or [("", own)]
