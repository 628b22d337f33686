"""The strength at the head of what follows a drug's name, told from the dose that may stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.domain.drug import Drug
from pipeline.domain.strength import is_among, numbers_of
from pipeline.extraction.tables import fold, rules

_NUMBER = r"(?:\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)|\d+(?:[.,]\d+)?|(?<![\w.,])[.,]\d+)"
_UNIT = (
    r"(?:milligrammes?|microgrammes?|grammes?|unit[ée]s?|mg|µg|μg|mcg|ug|mmol|ch|dh|m\.?\s?u\.?i\.?|ui(?:\s?anti-?xa)?|u|g|%)"
    r"(?![a-zA-Zéèà])"
)
_SPELT_OUT = tuple(
    (re.compile(word, re.IGNORECASE), sign)
    for word, sign in (
        ("milligrammes?", "mg"),
        ("microgrammes?", "µg"),
        ("grammes?", "g"),
        ("unit[ée]s?", "UI"),
    )
)
_PER = r"(?:ml|dose|bouff[ée]e|h|24\s?h|g|mg)(?![a-zA-Zé])"
_PART = rf"{_NUMBER}\s?{_UNIT}"
_WHOLE = re.compile(
    rf"(?:{_PART}|{_NUMBER}(?=\s?[/+]\s?{_PART}))"
    rf"(?:\s?[/+]\s?(?:{_PART}|{_NUMBER}\s?{_PER}|{_PER}))*",
    re.IGNORECASE,
)
_DOSES = frozenset(map(Decimal, (1, 2, 3, 4)))
_TOO_MANY = Decimal(10)
_COUNTED = r"(?:cp|comp|g[ée]l|sach|caps|suppo|patch|lyoc)"
_FORM_FOLLOWS = re.compile(
    rf"\s*(?:{_COUNTED}|x\s?\d)", re.IGNORECASE
)  # "Fentanyl 12 patch": nobody takes so many
_COUNT_FOLLOWS = re.compile(rf"\s+(?:\d+|[½¼¾]|[1-3]/[2-4])\s?{_COUNTED}", re.IGNORECASE)
_DASH_COUNT = re.compile(rf"\s+[-–—]\s+(?:\d+|[½¼¾]|[1-3]/[2-4])\s?{_COUNTED}", re.IGNORECASE)
_HOURS = re.compile(r"\s?/\s?\d+\s?h$", re.IGNORECASE)
_SECOND = re.compile(rf"\s?/\s?{_NUMBER}(?![\w,.])")
# "0,4 mL 1 inj": what one container holds, told by the count of containers behind it.
_HELD = re.compile(
    rf"{_NUMBER}\s?ml(?=\s*[:,]?\s*\d+\s?(?:inj|amp|ser|fl|unidose|dosette|pip|sach))", re.IGNORECASE
)
_SMUDGED = re.compile(r"(?<![\w.,])(?:[lIiOoSZB|]{1,3}\d*|\d+[lIOo|]+\d*)\s?(?:mg|g|µg)(?![a-zA-Zéèà])")
_STEP = re.compile(
    rf"(?:de\s+)?(?P<old>{_NUMBER})\s?(?:{_UNIT})?\s*(?P<to>à|->|=>|→|>)\s*(?P<new>{_NUMBER}\s?{_UNIT})",
    re.IGNORECASE,
)
_BARE = re.compile(rf"{_NUMBER}(?:\s?/\s?{_NUMBER})?")
# A comma behind a blank and before a digit is a naked decimal (",25 mg"), never a separator.
_LEAD = re.compile(r"(?:\.(?=\s))?,?(?:[\s:;=–—-]|,(?!\d))*(?:[àa]\s+(?=\d))?")
_STROKE = re.compile(r"\s+[/|]\s+(?:cp|comp|g[ée]l|sach|caps)", re.IGNORECASE)
_DAILY = re.compile(r"\s*(?:/\s?(?:j|24|\d+\s?h|kg|sem)|par\s+(?:jour|prise|kg|semaine))", re.IGNORECASE)
# What shows that the number before it is a dose, a frequency or a duration, not a strength.
_DOSE_FOLLOWS = re.compile(
    r"\s*(?:x\b|fois|/\s?\d*\s?[a-z]|par\b|[à-]\s?\d|cp|comp|g[ée]l|sach|amp|gt|gout|bouf|pulv|ui\b|ml|suppo"
    r"|inj|appl|patch|dose|mes|c\s?[àa.]|j\b|jour|sem|mois|h\b|bain|past|unid|ovul|caps|noi)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReadStrength:
    """A strength as read.

    Attributes:
        text: digits as written, one blank before the unit; None = not written or not legible.
        end: where the rest goes on.
        doubts: what makes it doubtful.
        changed: written as "40 à 20 mg".
    """

    text: str | None
    end: int
    doubts: tuple[str, ...] = ()
    changed: bool = False


@cache
def _amount_follows() -> re.Pattern[str]:
    words = map(fold, rules("posology")["after_strength"]["begins"])
    return re.compile(
        rf"\s*[:,;>(-]*\s*(?:x\s?\d|\d|\.\d|j\d|[½¼¾↑↓↗↘]|en \d|$|{'|'.join(map(re.escape, words))})"
    )


def read_strength(rest: str, *, drug: Drug | None, is_change: bool = False) -> ReadStrength:
    """Read the strength that `rest`, the text after a drug's name, begins with.

    A number without a unit is a strength only where the marketed strengths of the drug have it; it gets
    its unit from them, and only if one alone fits.
    """
    start = _LEAD.match(rest).end()  # type: ignore[union-attr]
    step = _STEP.match(rest, start)
    if step and _is_range(step, is_change=is_change):
        return ReadStrength(None, 0)
    if step and _is_dose(step["new"], rest[step.end() :], drug):
        return ReadStrength(None, step.start("new"), changed=True)
    if step:
        return ReadStrength(_spaced(step["new"]), step.end(), changed=True)
    whole = _WHOLE.match(rest, start)
    if whole and (hours := _HOURS.search(whole.group())) and not _is_released(drug):
        whole = re.compile(_PART, re.IGNORECASE).match(rest[: whole.start() + hours.start()], start)
    if whole:
        second = _SECOND.match(rest, whole.end())
        both = rest[whole.start() : second.end()] if second else ""
        if second and drug and any(numbers_of(sold) == numbers_of(both) for sold in drug.strengths):
            return ReadStrength(_spaced(both), second.end())  # "1 g/125"
        if _is_dose(whole.group(), rest[whole.end() :], drug):
            return ReadStrength(None, 0)
        held = _HELD.match(rest, whole.end() + rest[whole.end() :].startswith(" "))  # "4000 UI 0,4 ml 1 inj"
        end = held.end() if held else whole.end()
        return ReadStrength(_spaced(whole.group()), end, _notation(whole.group(), drug))
    held = _HELD.match(rest, start)
    if held:
        return ReadStrength(_spaced(held.group()), held.end())
    smudged = _SMUDGED.match(rest, start)
    if smudged:
        return ReadStrength(None, smudged.end(), ("illegible",))
    return _bare(rest, start, drug)


def _is_released(drug: Drug | None) -> bool:
    """Whether a drug may be sold by what it gives off in so many hours: "1 mg/72 h", not "10 mg /12 h"."""
    return drug is None or "patch" in drug.forms or any(re.search(r"/\s?\d*\s?h", s) for s in drug.strengths)


def _is_range(step: re.Match[str], *, is_change: bool) -> bool:
    """Whether "20 à 40 mg" is a range: it rises, and neither an arrow nor a word says that it changes."""
    rises = numbers_of(step["old"])[0] < numbers_of(step["new"])[0]
    return step["to"].strip() == "à" and rises and not is_change


def is_smudged(name: str) -> bool:
    """Whether letters where digits should be, "lomg", were taken into a drug's name."""
    return _SMUDGED.search(name) is not None


def _is_dose(text: str, after: str, drug: Drug | None) -> bool:
    """Whether "22 UI" or "40 mg/j" is what is taken, not what the box holds."""
    if _DAILY.match(after) and not re.match(r"\s*x", after, re.IGNORECASE):
        return True
    units = re.search(r"(?:ui|u|unit[ée]s?)$", text.strip(), re.IGNORECASE)
    if units and re.match(r"\s*[-–+/]\s*\d+\s?(?:ui|u|unit[ée]s?)\b", after, re.IGNORECASE):
        return True  # "4 UI - 6 UI - 4 UI"
    if not units or (drug and is_among(text, drug.strengths)):
        return False
    return not re.match(r"\s*[:,>-]*\s*\d", after)


def _bare(rest: str, start: int, drug: Drug | None) -> ReadStrength:
    bare = _BARE.match(rest, start)
    if bare is None:
        return ReadStrength(None, 0)
    # "6 1/4 cp" is strength 6 and a quarter; "300/12,5" is one strength of two parts.
    for text in dict.fromkeys((bare.group(), re.match(_NUMBER, bare.group()).group())):  # type: ignore[union-attr]
        end = start + len(text)
        after = rest[end:]
        stroke = _STROKE.match(after)  # "Stilnox 10 / comprimé": a 1 that reads badly
        wanted = numbers_of(text)
        sold = drug.strengths if drug else ()
        known = is_among(f"{text} mg", sold) or any(numbers_of(s) == wanted for s in sold)
        is_big = wanted[0] > max(_DOSES) or (known and "," in text)
        apart = is_big and _DASH_COUNT.match(after)  # "500 - 1 cp matin"
        is_large = wanted[0] >= _TOO_MANY or re.search(r"[.,]", text)
        formed = is_large and known and _FORM_FOLLOWS.match(after)  # "200 x 2/j" too
        if (re.match(r"\s?-\s?\d", after) and not apart) or (
            not (stroke or formed or apart) and _DOSE_FOLLOWS.match(after)
        ):
            continue
        parted = known and is_big and re.match(r"\s*[,;(]", after)  # "Arrêt Coversyl 5, toux"
        if not (stroke or formed or parted) and not _amount_follows().match(fold(after)):
            continue
        fitting = [s for s in sold if numbers_of(s) == wanted and "%" not in s]
        fitting = [s for s in fitting if "/" not in s or len(wanted) > 1] or fitting
        if not fitting and len(wanted) > 1:
            fitting = [s for s in sold if is_among("/".join(f"{n} mg" for n in wanted), [s])]  # "5/160"
        if not fitting and is_among(f"{text} mg", sold):
            return ReadStrength(_spaced(f"{text} mg"), end)  # "Doliprane 1000", sold as 1 g
        if not fitting and any(numbers_of(s)[:1] == wanted and "ml" in s.lower() for s in sold):
            return ReadStrength(text, end)  # "Josacine 250", sold as 250 mg/5 mL: written so, complete so
        if fitting:
            units = {re.sub(r"[\d\s.,]", "", strength) for strength in fitting}
            if len(units) == 1:
                # "Risperdal 1 le soir" may be 1 mg or one tablet.
                is_dose = wanted[0] in _DOSES and not re.match(
                    r"\s*[:,;(-]*\s*(?:\d|[½¼¾]|un|deux|demi|$)", after
                )
                is_dose = is_dose or (wanted[0] < 1 and re.match(r"\s*x", after) is not None)
                return ReadStrength(_completed(text, fitting[0]), end, ("ambiguous",) * is_dose)
            return ReadStrength(text, end, ("ambiguous",))
        ends_here = not re.search(r"\w", after)
        counted = "," in text and _COUNT_FOLLOWS.match(after)  # "1,25 1/2 cp", sold or not
        if counted or ((re.match(r"\s*[:,>-]*\s*\d", after) or ends_here) and wanted[0] >= Decimal(10)):
            return ReadStrength(text, end, ("incomplete",))
    return ReadStrength(None, 0)


def _completed(text: str, marketed: str) -> str:
    """Put the units of the marketed strength to the digits as written."""
    digits = iter(re.findall(_NUMBER, text))
    return _spaced(re.sub(_NUMBER, lambda _: next(digits), marketed))


def _spaced(text: str) -> str:
    """Write "1g" as "1 g" and "325mg/37,5mg" as "325 mg/37,5 mg"; digits stay."""
    text = re.sub(r"\s*([/+])\s*", r"\1", text.strip())
    for word, sign in _SPELT_OUT:
        text = word.sub(sign, text)
    return re.sub(r"(\d)\s*([A-Za-zµμ%])", r"\1 \2", text)


def _notation(text: str, drug: Drug | None) -> tuple[str, ...]:
    """Return the doubt of a writing that has been misread to death (ISMP's list).

    "µg" is one only where the drug is not sold so: 88 µg of lévothyroxine cannot be 88 mg.
    """
    micro = re.search(r"[µμ]g", text) is not None
    if micro and drug and is_among(text, drug.strengths):
        micro = False
    dangerous = re.search(r"(?<![\d])[.,]\d|\d[.,]0+(?!\d)|\d\s?u(?![a-z])|(?:mcg|ug)", text, re.IGNORECASE)
    return ("dangerous-notation",) if dangerous or micro else ()
