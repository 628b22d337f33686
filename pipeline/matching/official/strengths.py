"""The strength that doctors write: the one in a product's name, held against its composition (FT and SA).

The active part (FT) is what the name counts for most salts ("Tahor 10 mg" is 10 mg of atorvastatine), but not
for all: "Lévothyrox 75 µg", "Coversyl 5 mg" and "Imodium 2 mg" count the salt. So the name decides, and the
composition says what it counted; where the name has no strength the active part is taken before the salt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from pipeline.domain.strength import StrengthKey, strength_key
from pipeline.matching.official.product import Ingredient

_NUMBER = r"(?:\d{1,3}(?:[ \u202f.]\d{3})+(?![\d,])|\d+(?:[.,]\d+)?)"
_UNIT = (
    r"(?:microgrammes?|milligrammes?|grammes?|millions?\s*d['’]\s*unit[ée]s(?:\s+internationales)?"
    r"|millions?\s*UI|M\.?\s?U\.?I\.?|unit[ée]s?(?:\s+internationales?)?(?:\s+anti-Xa)?"
    r"|U\.?I\.?(?:\s+anti-Xa)?|U\.?\b(?!\w)|mmol|mEq|mg|µg|μg|mcg|kg|g|ml|l|%|pour cent|doses?|heures?|h)"
)
_BELOW = r"(?:doses?|gouttes?|heures?|h|24 heures|ml|l|g|bouffée|pulvérisation|dose délivrée)"


def _strength_of(number: str) -> re.Pattern[str]:
    part = rf"{number}\s*{_UNIT}?(?![a-zà-ÿ])"
    below = rf"(?:\s*(?:/|par)\s*(?:{part}|{_BELOW}(?![a-zà-ÿ])))?"
    return re.compile(rf"(?<![\w,.-])(?P<whole>{part}(?:\s*[/+]\s*{part})*{below})", re.IGNORECASE)


_STRENGTH = _strength_of(_NUMBER)
_UNGROUPED = _strength_of(r"\d+(?:[.,]\d+)?")
_NAMED = re.compile(r"[a-zµμ%]", re.IGNORECASE)
_UNITS = {
    **dict.fromkeys(("microgramme", "microgrammes", "mcg", "μg"), "µg"),
    **dict.fromkeys(("milligramme", "milligrammes"), "mg"),
    **dict.fromkeys(("gramme", "grammes"), "g"),
    **dict.fromkeys(("unité", "unités", "unite", "unites", "u", "unité internationale", "ui anti-xa"), "UI"),
    **dict.fromkeys(("unités internationales", "unités anti-xa", "unité anti-xa", "ui"), "UI"),
    **dict.fromkeys(("mui", "million ui", "millions ui", "millions d'unités", "million d'unités"), "MUI"),
    **dict.fromkeys(("millions d'unités internationales",), "MUI"),
    **dict.fromkeys(("heure", "heures", "h"), "h"),
    **dict.fromkeys(("dose", "doses", "dose délivrée"), "dose"),
    **{"ml": "mL", "l": "L", "pour cent": "%", "gouttes": "goutte", "mmol": "mmol", "meq": "mEq"},
}
_VOLUME = re.compile(rf"({_NUMBER})?\s*(ml|l|g)\b", re.IGNORECASE)
_CONTAINERS = re.compile(
    r"\b(?:comprimé|gélule|capsule|sachet|suppositoire|ovule|pastille|lyophilisat|film|gomme)", re.I
)


def head_of(name: str) -> str:
    """Return what stands before the form in a denomination: "LASILIX 40 mg, comprimé" is "LASILIX 40 mg"."""
    return re.split(r",\s(?!\d)|,(?=[a-zà-ÿ])", name, maxsplit=1)[0].strip()


def written_strength(name: str, *, grouped: bool = True) -> tuple[str, int]:
    """Return the strength in a denomination, tidied, and where it starts; ("", length of the head) = none.

    Args:
        name: the denomination.
        grouped: "1 000 mg" is one number; False = it is "000 mg" behind a name that ends with a figure.
    """
    head = head_of(name)
    for match in (_STRENGTH if grouped else _UNGROUPED).finditer(head):
        text = match["whole"]
        if _NAMED.search(text) and not re.fullmatch(
            rf"{_NUMBER}\s*(?:h|heures?|doses?)", text, re.IGNORECASE
        ):
            return tidied(text), match.start()
    return "", len(head)


@lru_cache(maxsize=16384)
def tidied(text: str) -> str:
    """Return a strength in the house's way of writing: "1 000 microgrammes/4 ml" is "1000 µg/4 mL"."""
    parts = re.split(r"\s*(?:/|\+|\bpar\b)\s*", text.strip())
    return "/".join(_part(part) for part in parts if part)


def _part(text: str) -> str:
    match = re.fullmatch(rf"({_NUMBER})?\s*(.*)", text.strip(), re.IGNORECASE)
    number, unit = (match[1] or "", match[2]) if match else ("", text)
    if re.fullmatch(r"\d{1,3}(?:[ \u202f.]\d{3})+", number):
        number = re.sub(r"[ \u202f.]", "", number)
    number = re.sub(r"[.,](\d*?)0*$", lambda m: f",{m[1]}" if m[1] else "", number)
    key = " ".join(unit.lower().replace("’", "'").split())
    key = key if key in _UNITS else key.replace(".", "").replace(" ", "") if "i" in key else key
    unit = _UNITS.get(key, _UNITS.get(key.rstrip("."), unit.strip().lower()))
    return f"{number} {unit}".strip()


def resolve(name: str, ingredients: Sequence[Ingredient]) -> tuple[str, str]:
    """Return a product's strength as doctors write it, and its `Product.strength_from`."""
    written, _ = written_strength(name)
    if not written:
        return _composed(ingredients)
    several = len(_split(written)[0]) > 1
    if len({one.dci for one in ingredients}) == 1 and (
        several or len({one.element for one in ingredients}) > 1
    ):
        return "", ""  # a box that holds several strengths of one drug has none
    if len({one.element for one in ingredients}) > 1:
        return written, "name"
    for text in (written, written_strength(name, grouped=False)[0]):  # "MAG 2 100 mg" is Mag 2, 100 mg
        counted = _counted(text, ingredients) if text else ""
        if counted:
            return text, counted
    return written, "name"


def amounts_of(strength: str) -> list[str]:
    """Return the amounts of a tidied strength, what they are in left out: "100 mg/12,5 mg/mL" has two."""
    return _split(strength)[0] if strength else []


def _counted(written: str, ingredients: Sequence[Ingredient]) -> str:
    """Say which amounts of the composition a written strength counts: "FT", "SA", "FT+SA"; "" = neither."""
    amounts, below = _split(written)
    left = list(ingredients)
    kinds: set[str] = set()
    for amount in amounts:
        found = next(
            (
                (one, kind)
                for kind in ("FT", "SA")
                for one in left
                if _same(amount, below, one.part_amount if kind == "FT" else one.amount, one.per)
            ),
            None,
        )
        if found is None:
            return ""
        left.remove(found[0])
        kinds.add(found[1])
    return "+".join(sorted(kinds))


def _split(written: str) -> tuple[list[str], str]:
    """Return the amounts of a strength, and what they are in ("" = a unit taken)."""
    parts = written.split("/")
    is_below = len(parts) > 1 and re.fullmatch(r"(?:[\d,]+ )?(?:mL|L|h|dose|goutte|\d+ h)|g", parts[-1])
    below = parts.pop() if is_below else ""
    unit = parts[-1].partition(" ")[2]
    return [part if " " in part else f"{part} {unit}".strip() for part in parts], below


def _same(amount: str, below: str, declared: str, per: str) -> bool:
    if not declared:
        return False
    declared = tidied(declared)
    one, other = strength_key(amount), strength_key(declared)
    if not one or not other:
        return False
    if one == other:
        return True
    wanted, known = _share(one, below), _share(other, per)
    return wanted is not None and wanted == known


def _share(key: StrengthKey, per: str) -> tuple[Decimal, str] | None:
    """Return an amount per mL (or g); a percentage is 10 mg in each."""
    value, unit = key[0]
    if unit == "%":
        return (value * 10).normalize(), "mg"
    volume = _VOLUME.search(per.replace("\u00a0", " "))
    if volume is None:
        return None
    number = Decimal(_plain(volume[1] or "1"))
    number *= 1000 if volume[2].lower() == "l" else 1
    return ((value / number).quantize(Decimal("0.000001")).normalize(), unit) if number else None


def _composed(ingredients: Sequence[Ingredient]) -> tuple[str, str]:
    """Return the strength that a composition says where the name says none: active parts before salts."""
    first = {one.dci: one for one in reversed(ingredients)}
    ingredients = [one for one in ingredients if first[one.dci] is one]
    if not 1 <= len(ingredients) <= 3 or len({(one.element, one.per) for one in ingredients}) > 1:
        return "", ""
    amounts = [_own_amount(one) for one in ingredients]
    if not all(re.fullmatch(rf"{_NUMBER}\s*{_UNIT}", amount, re.IGNORECASE) for amount in amounts):
        return "", ""
    text = "/".join(map(tidied, amounts))
    per = ingredients[0].per
    volume = _VOLUME.search(per)
    if volume and not _CONTAINERS.search(per):
        number = "" if _plain(volume[1] or "1") == "1" else volume[1] + " "
        unit = _UNITS.get(volume[2].lower(), volume[2].lower())
        text += f"/{number}{unit}"
    return text, "composition"


def _own_amount(one: Ingredient) -> str:
    """Return the active part's amount, or the salt's; without its water a substance is not another one."""
    if one.amount and one.part.endswith("anhydre"):
        return one.amount
    return one.part_amount or one.amount


def _plain(number: str) -> str:
    if re.fullmatch(r"\d{1,3}(?:[ \u202f.]\d{3})+", number):
        return re.sub(r"[ \u202f.]", "", number)
    return number.replace(",", ".")
