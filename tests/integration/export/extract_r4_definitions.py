"""Distil r4_definitions.json from the unpacked npm package hl7.fhir.r4.examples 4.0.1.

Usage: python extract_r4_definitions.py PACKAGE_FOLDER r4_definitions.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

RESOURCES = ("Bundle", "MedicationRequest", "Provenance", "DocumentReference")
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"


def load(folder: Path, kind: str, name: str) -> dict[str, Any] | None:
    path = folder / f"{kind}-{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def concepts(listed: list[dict[str, Any]]) -> list[str]:
    codes = []
    for concept in listed:
        codes += [concept["code"], *concepts(concept.get("concept", []))]
    return codes


def codes_of(folder: Path, value_set: str) -> list[str] | None:
    """All codes of a value set; None where the package does not enumerate them (languages, MIME types)."""
    found = load(folder, "ValueSet", value_set.split("|")[0].rsplit("/", 1)[-1])
    if found is None:
        return None
    codes: list[str] = []
    for include in found["compose"]["include"]:
        if "concept" in include:
            codes += [concept["code"] for concept in include["concept"]]
            continue
        system = load(folder, "CodeSystem", include.get("system", "").rsplit("/", 1)[-1])
        if system is None or "concept" not in system:
            return None
        codes += concepts(system["concept"])
    return sorted(set(codes))


def element(folder: Path, raw: dict[str, Any]) -> dict[str, Any]:
    types = []
    for kind in raw.get("type", []):
        code = kind["code"]
        for extension in kind.get("extension", []):
            if extension["url"] == FHIR_TYPE:
                code = extension.get("valueUrl") or extension.get("valueUri") or code
        types.append(code)
    short: dict[str, Any] = {"min": raw["min"], "max": raw["max"], "types": types}
    if "contentReference" in raw:
        short["content"] = raw["contentReference"].removeprefix("#")
    binding = raw.get("binding", {})
    if binding.get("strength") == "required":
        short["codes"] = codes_of(folder, binding["valueSet"])
    constraints = {
        rule["key"]: rule["expression"]
        for rule in raw.get("constraint", [])
        if rule["severity"] == "error" and "expression" in rule
    }
    return short | ({"invariants": constraints} if constraints else {})


def regex_of(definition: dict[str, Any]) -> str | None:
    for raw in definition["snapshot"]["element"]:
        for kind in raw.get("type", []) if raw["path"].endswith(".value") else []:
            for extension in kind.get("extension", []):
                if extension["url"] == REGEX:
                    return str(extension["valueString"])
    return None


def main(folder: Path, target: Path) -> None:
    types: dict[str, Any] = {}
    wanted = list(RESOURCES)
    while wanted:
        name = wanted.pop()
        if name in types or name == "Resource":
            continue
        definition = load(folder, "StructureDefinition", name)
        if definition is None:
            raise SystemExit(f"no definition of {name}")
        if definition["kind"] == "primitive-type":
            types[name] = {"regex": regex_of(definition)}
            continue
        elements = {raw["path"]: element(folder, raw) for raw in definition["snapshot"]["element"]}
        types[name] = {"elements": elements}
        wanted += [kind for part in elements.values() for kind in part["types"] if "/" not in kind]
    for name in types:
        if "elements" in types[name]:
            for part in types[name]["elements"].values():
                part["types"] = [
                    kind.rsplit(".", 1)[-1].lower() if "/" in kind else kind for kind in part["types"]
                ]
    content = {
        "source": "hl7.fhir.r4.examples 4.0.1, HL7 FHIR R4, CC0-1.0",
        "types": dict(sorted(types.items())),
    }
    target.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
