"""Drugs as a formulary knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.writing import ReadLine


@dataclass(frozen=True, slots=True)
class Drug:
    """One name under which a drug is prescribed: a brand or a DCI.

    Attributes:
        name: as a doctor writes it ("Doliprane", "Paracétamol").
        substance: DCI in French, combinations joined by "/" ("paracétamol/tramadol").
        atc: WHO ATC code, up to 7 characters; None = the source does not know.
        forms: pharmaceutical forms, usual one first ("comprimé", "gélule", "sachet", "gouttes").
        strengths: marketed strengths, as written ("500 mg", "1 g", "325 mg/37,5 mg").
        route: usual route in French ("orale", "cutanée"); None = depends on the form.
        is_brand: a brand, not a DCI.
        source: the table that it comes from, with edition.
        sold: False = known to be no longer marketed in France; doctors may still write it.
    """

    name: str
    substance: str
    atc: str | None = None
    forms: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    route: str | None = None
    is_brand: bool = False
    source: str = ""
    sold: bool = True


@dataclass(frozen=True, slots=True)
class DrugCandidate:
    """A drug that the ink may mean.

    Attributes:
        drug: the formulary's entry.
        probability: 0-1 among the candidates offered, prior included.
        ink_probability: 0-1 by ink alone, before any prior.
        reasons: keys that the screens put into words ("drug.ink", "drug.tie").
    """

    drug: Drug
    probability: float
    ink_probability: float
    reasons: tuple[str, ...] = ()


class DrugIndex(Protocol):
    """A formulary that answers two questions; extraction is handed one as a value."""

    @property
    def version(self) -> str:
        """Name and edition, for the provenance of what rests on it."""
        ...

    def find(self, text: str) -> Sequence[tuple[int, int, Drug]]:
        """Return the names that stand in a text letter by letter (case and accents aside).

        Returns:
            (start, end, drug), in order, longest names first where they overlap, whole words only.
        """
        ...

    def rank(
        self, surface: str, *, read: ReadLine | None = None, start: int = 0, limit: int = 5
    ) -> tuple[DrugCandidate, ...]:
        """Return the drugs that a written name may mean, likeliest first.

        Args:
            surface: the name as read.
            read: the line it stands on; with posteriors, the ink decides over the shortlist.
            start: where `surface` starts in that line's text.
            limit: how many at most.
        """
        ...
