"""The number of a person, NIR or NIA, as it is written on paper."""

from __future__ import annotations

from pipeline.domain.identifiers import compact, is_ins


def nir_of(text: str) -> str | None:
    """Return the 13 or 15 signs of a number as written, blanks and dots left out.

    None = no such number, or a key that is wrong: a sign was misread, and nobody knows which.

    Args:
        text: "1 85 04 2A 116 001 42", "1850475116001".
    """
    signs = compact(text)
    return signs if is_ins(signs) else None
