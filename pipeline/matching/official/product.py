"""A product of the official database, as resolved on import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

Origin = str
"""Where an ATC code comes from: "direct" (CIS_MITM), "group" (its generic group), "substance" (inferred: same
substances and route), "edsnlp" (inferred from names); "" = none was found."""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One active ingredient of one element of a product.

    Attributes:
        dci: as prescribed, French, without its salt ("lévothyroxine").
        name: as declared, mostly the salt ("lévothyroxine sodique").
        amount: of what is declared (SA), per `per`; "" = not said.
        part: the active part's own name (FT, fraction thérapeutique); "" = not said.
        part_amount: its amount; "" = not said.
        per: what the amounts are in ("un comprimé", "100 ml").
        element: of the product ("comprimé"); products of several tablets have several.
    """

    dci: str
    name: str
    amount: str = ""
    part: str = ""
    part_amount: str = ""
    per: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """One product (one CIS code).

    Attributes:
        cis: eight digits.
        name: the denomination as published.
        brand: the brand in it; "" = named by its substance.
        substance: DCI, combinations joined by "/", "LP" behind where names say that the release is slow.
        ingredients: what it holds.
        form: as published ("comprimé pelliculé sécable").
        everyday_form: as prescribed ("comprimé"); "" = none that a practice writes.
        routes: as published.
        strength: as doctors write it; "" = none.
        strength_from: "FT", "SA", "FT+SA": the name's strength is that of the active part, of the declared
            salt or of both; "name": the composition does not say the same, the name counts; "composition":
            the name says none; "" = none.
        atc: seven characters; "" = none found.
        atc_origin: how it was found.
        groups: generic groups, "number label".
        group_role: "princeps", "générique", ...; "" = in no group.
        conditions: of prescription and delivery.
        kind: "" an ordinary drug, "homeopathic" or "herbal".
        status: of its authorisation, as published.
        marketed: sold.
        availability: shortage or stop as published; "" = nothing said.
        present: in the newest edition imported; False = it has gone from the database.
        first, last: editions (ISO dates) in which it stood first and last.
        marketed_last: edition in which it was last sold; "" = never, as far as imported.
        former: names under which earlier editions had it.
    """

    cis: str
    name: str
    brand: str = ""
    substance: str = ""
    ingredients: tuple[Ingredient, ...] = ()
    form: str = ""
    everyday_form: str = ""
    routes: tuple[str, ...] = ()
    strength: str = ""
    strength_from: str = ""
    atc: str = ""
    atc_origin: Origin = ""
    groups: tuple[str, ...] = ()
    group_role: str = ""
    conditions: tuple[str, ...] = ()
    kind: str = ""
    status: str = ""
    marketed: bool = True
    availability: str = ""
    present: bool = True
    first: str = ""
    last: str = ""
    marketed_last: str = ""
    former: tuple[str, ...] = ()

    @property
    def offered(self) -> bool:
        """Whether it is an ordinary drug that is sold now."""
        return self.present and self.marketed and not self.kind


_DEFAULTS = {field.name: field.default for field in fields(Product)}


def to_plain(product: Product) -> dict[str, Any]:
    """Return what JSON can hold, defaults left out."""
    plain = {name: getattr(product, name) for name in _DEFAULTS}
    plain["ingredients"] = tuple(asdict(one) for one in product.ingredients)
    return {name: value for name, value in plain.items() if value != _DEFAULTS[name] or name == "cis"}


def from_plain(plain: Mapping[str, Any]) -> Product:
    """Return the product that `to_plain` made, also after a trip through JSON.

    Raises:
        TypeError: it was no product, or one of a newer version.
    """
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
    }
    values["ingredients"] = tuple(Ingredient(**one) for one in plain.get("ingredients", ()))
    return Product(**values)
