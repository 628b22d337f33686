"""Check a resource against the official R4 definitions in r4_definitions.json."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import fhirpathpy

# About contained resources, extensions and narrative: our exports hold none, and the first two are
# refused outright, so that these rules never have anything to judge.
NOT_RUN = frozenset(
    ("dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "ext-1", "txt-1", "txt-2", "ele-1", "ref-1")
)
# rng-2: fhirpathpy does not order quantities; both ends of our ranges carry the same unit.
# tim-9: as published, `in` is handed several moments, which FHIRPath calls an error.
REPHRASED = {
    "rng-2": "low.empty() or high.empty() or (low.value <= high.value)",
    "tim-9": "offset.empty() or (when.exists() and when.intersect('C' | 'CM' | 'CD' | 'CV').empty())",
}
REFUSED = frozenset(("contained", "extension", "modifierExtension"))


@cache
def definitions() -> dict[str, Any]:
    path = Path(__file__).parent / "r4_definitions.json"
    return json.loads(path.read_text(encoding="utf-8"))["types"]


@cache
def _compiled(expression: str) -> Any:
    # fhirpathpy lacks hasValue(); on JSON without extensions a value that is there has a value.
    return fhirpathpy.compile(expression.replace("hasValue()", "exists()"))


def check(resource: dict[str, Any]) -> list[str]:
    """Return what is wrong, one "path: rule" a finding; empty = valid."""
    found: list[str] = []
    _complex(resource["resourceType"], resource["resourceType"], resource, resource, found)
    return found


def check_as(kind: str, value: dict[str, Any]) -> list[str]:
    """Check a datatype alone ("Dosage", "Timing")."""
    found: list[str] = []
    _complex(kind, kind, value, value, found)
    return found


def _children(kind: str, path: str) -> dict[str, dict[str, Any]]:
    elements = definitions()[kind]["elements"]
    return {name[len(path) + 1 :]: part for name, part in elements.items() if name.rpartition(".")[0] == path}


def _complex(kind: str, path: str, value: Any, root: Any, found: list[str], at: str = "") -> None:
    at = at or path
    if not isinstance(value, dict):
        found.append(f"{at}: object expected")
        return
    if not value:
        found.append(f"{at}: empty object")
    root = value if "resourceType" in value else root
    allowed: set[str] = {"resourceType"} if "resourceType" in value else set()
    for name, part in _children(kind, path).items():
        names = [(name, part["types"])]
        if name.endswith("[x]"):
            names = [(name[:-3] + kind_[0].upper() + kind_[1:], [kind_]) for kind_ in part["types"]]
        present = [(one, types) for one, types in names if one in value]
        allowed |= {one for one, _ in names}
        if len(present) > 1:
            found.append(f"{at}.{name}: one choice only")
        if part["min"] > 0 and not present:
            found.append(f"{at}.{name}: required")
        for one, types in present:
            _element(kind, f"{path}.{name}", part, types, value[one], root, found, f"{at}.{one}")
    found += [f"{at}.{name}: unknown element" for name in value if name not in allowed]
    found += [f"{at}.{name}: refused" for name in value if name in REFUSED]
    _invariants(definitions()[kind]["elements"][path], value, root, found, at)


def _element(
    kind: str,
    path: str,
    part: dict[str, Any],
    types: list[str],
    value: Any,
    root: Any,
    found: list[str],
    at: str,
) -> None:
    many = part["max"] != "1"
    if many != isinstance(value, list):
        found.append(f"{at}: {'a list' if many else 'a single value'} expected")
        return
    values = value if many else [value]
    if not values or (part["max"] not in ("1", "*") and len(values) > int(part["max"])):
        found.append(f"{at}: cardinality")
    for place, one in enumerate(values):
        here = f"{at}[{place}]" if many else at
        if "content" in part:
            _complex(kind, part["content"], one, root, found, here)
        elif types[0] in ("BackboneElement", "Element"):
            _complex(kind, path, one, root, found, here)
        elif types[0] == "Resource":
            _complex(one["resourceType"], one["resourceType"], one, root, found, here)
        elif "elements" in definitions().get(types[0], {}):
            _complex(types[0], types[0], one, root, found, here)
            _invariants(part, one, root, found, here)
        else:
            _primitive(types[0], part, one, found, here)


def _primitive(kind: str, part: dict[str, Any], value: Any, found: list[str], at: str) -> None:
    expected = {
        "boolean": bool,
        "decimal": (int, float),
        "integer": int,
        "positiveInt": int,
        "unsignedInt": int,
    }
    right = expected.get(kind, str)
    if not isinstance(value, right) or (isinstance(value, bool) and kind != "boolean"):
        found.append(f"{at}: {kind} expected")
        return
    regex = definitions().get(kind, {}).get("regex")
    text = json.dumps(value) if not isinstance(value, str) else value
    if regex and kind != "decimal" and not re.fullmatch(regex, text):
        found.append(f"{at}: not a {kind}")
    if part.get("codes") and value not in part["codes"]:
        found.append(f"{at}: code not in the required value set")


def _invariants(part: dict[str, Any], value: Any, root: Any, found: list[str], at: str) -> None:
    for key, expression in part.get("invariants", {}).items():
        if key in NOT_RUN:
            continue
        result = _compiled(REPHRASED.get(key, expression))(
            value, {"resource": root, "context": value, "ucum": "http://unitsofmeasure.org"}
        )
        if result != [True] and result != []:
            found.append(f"{at}: {key}")
