"""What makes an item doubtful, by name; an item with a doubt is never certain."""

from __future__ import annotations

from decimal import Decimal

from pipeline.domain.meaning import Action, PrescriptionLine, TimeUnit
from pipeline.domain.strength import is_among, strength_key
from pipeline.extraction.heads import Head
from pipeline.extraction.posology import Sig, unusual
from pipeline.extraction.strengths import ReadStrength
from pipeline.extraction.tables import rules

CLEAR_DRUG = 0.8
CLOSE_SECOND = 0.1
FULL_COVERAGE = 0.85
_PLAIN = ("mg", "ui")
_SWALLOWED = ("comprimé", "gélule", "capsule")
_OUTSIDE = ("cutanée", "ophtalmique", "nasale", "auriculaire")
DOUBTED = 0.6
"""What a doubt leaves of an item's confidence."""


def doubts_of(item: PrescriptionLine, *, head: Head, sig: Sig, strength: ReadStrength) -> tuple[str, ...]:
    """Return the doubts of an item, each once.

    "illegible" = letters where digits should be, or no drug; "look-alike" = another substance is close;
    "ambiguous" = two readings (a page adds it where a digit may be another: digits.py); "incomplete" =
    neither dose nor frequency, a dose without its unit, or a family ("insuline") instead of a drug;
    "dangerous-notation" = U, µg, naked decimal, trailing zero; "implausible" = an unusual amount;
    "not-sold" = a strength that the drug is not sold in; "unread" = words that no rule read.
    """
    doubts = [*strength.doubts, *sig.doubts]
    if head.family:
        doubts.append("incomplete")
    elif not item.drug:
        doubts.append("illegible")
    elif head.probability < CLEAR_DRUG:
        doubts.append("ambiguous")
    if item.drug and any(
        other.drug.substance != item.drug.drug.substance and other.probability >= CLOSE_SECOND
        for other in item.alternatives
    ):
        doubts.append("look-alike")
    said = any(p.dose is not None or p.frequency is not None or p.count for p in item.posologies)
    if not said and item.action not in (Action.STOP, Action.CONTINUE):
        doubts.append("incomplete")
    if any(p.dose is not None and p.dose_unit is None for p in item.posologies):
        doubts.append("incomplete")
    if any(map(unusual, item.posologies)) or _is_daily_weekly(item):
        doubts.append("implausible")
    if any(p.dose_unit in _SWALLOWED and p.route in _OUTSIDE for p in item.posologies):
        doubts.append("ambiguous")  # "5 gel" of a gel is no five capsules
    if any((p.dose_unit or "").endswith("/j") and (p.frequency or 1) > 1 for p in item.posologies):
        doubts.append("ambiguous")  # "80 mg/kg/j en 3 prises": the day's dose, or one of three
    if not _is_sold(item):
        doubts.append("not-sold")
    if sig.coverage < FULL_COVERAGE:
        doubts.append("unread")
    return tuple(dict.fromkeys(doubts))


def _is_sold(item: PrescriptionLine) -> bool:
    """Whether the drug is sold in the strength that is written; True where there is nothing to compare.

    What is written as one amount may be sold as a concentration: "250 mg" of 250 mg/5 mL.
    """
    written = strength_key(item.strength or "")
    if item.drug is None or not written or any(unit not in _PLAIN for _, unit in written):
        return True
    sold = [key for one in item.drug.drug.strengths if (key := strength_key(one))]
    if any(key[: len(written)] == written for key in sold) or is_among(
        item.strength or "", item.drug.drug.strengths
    ):
        return True
    return not any(len(key) == len(written) and all(unit in _PLAIN for _, unit in key) for key in sold)


def _is_daily_weekly(item: PrescriptionLine) -> bool:
    """Whether a drug that is taken once a week is written for every day."""
    drug = item.drug.drug.substance if item.drug else None
    days = {TimeUnit.HOUR: Decimal(24), TimeUnit.DAY: Decimal(1)}
    is_daily = any(
        p.period is not None
        and p.period_unit in days
        and p.period / days[p.period_unit] < 7
        and not p.weekdays
        for p in item.posologies
    )
    return is_daily and drug in rules("posology")["weekly"]["substance"]
