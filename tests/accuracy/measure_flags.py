"""Measure the flags: which are missed, and which alarms the truth does not expect.

python tests/accuracy/measure_flags.py DATASET [--predicted PREDICTED.jsonl] [--list]

Without `--predicted` the truth's own text is understood and compared with the patient's record: what the
rules are worth once a page is read. With it, the pages of `reprise predict` are measured where their patient
is the right one. A flag is the same if its type and its medication are. An alarm is an allergy, interaction,
duplicate or dose_outlier that is not of low severity; the truth does not list every right one, so that what
is not expected is an upper bound of what is false. `quiet` are interactions of low severity.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.domain.identity import Traits
from pipeline.domain.meaning import Mention, MentionKind, Understanding
from pipeline.domain.paper import PageKind
from pipeline.domain.record import PatientRecord
from pipeline.domain.review import Provenance
from pipeline.evaluation.scores import pair
from pipeline.export.contract import flag_objects, medication_object
from pipeline.export.records import read_records
from pipeline.extraction.parse import parse_text
from pipeline.matching.formulary import Formulary
from pipeline.proposing.checks import BUILT_IN, Checks
from pipeline.proposing.propose import propose

Row = dict[str, Any]
ALARMS = ("allergy", "interaction", "duplicate", "dose_outlier")
TYPES = (*ALARMS, "unchanged_renewal")
READ_RIGHT = ("strength", "dose", "frequency")


@dataclass(slots=True)
class FlagCounts:
    """What was found on a set of pages.

    Attributes:
        pages: with medications or expected flags.
        expected, found: flags of the truth, and those of them that were raised, by type.
        expected_right, found_right: the same on lines read right: drug, strength, dose, frequency.
        alarms, false: alarms raised, and those of them that the truth does not expect, by type.
        quiet: interactions of low severity; `others` flags of other types, by type.
        notes: one line for each miss and each false alarm.
    """

    pages: int = 0
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    expected_right: Counter[str] = field(default_factory=Counter)
    found_right: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    quiet: int = 0
    others: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def recall(self, *types: str, right: bool = True) -> float:
        """Return the share of expected flags of these types that was raised; 1 where none is expected."""
        expected, found = (self.expected_right, self.found_right) if right else (self.expected, self.found)
        asked = sum(expected[type_] for type_ in types)
        return sum(found[type_] for type_ in types) / asked if asked else 1.0

    def false_a_page(self) -> float:
        """Return alarms a page that the truth does not expect."""
        return sum(self.false.values()) / max(1, self.pages)


def count(truth: list[Row], predicted: dict[tuple[str, int], Row]) -> FlagCounts:
    """Count the flags of the pages whose patient is right; copies, which propose nothing, aside."""
    counts = FlagCounts()
    for page in truth:
        row = predicted.get((page["file"], page["page"]))
        if row is None or page.get("duplicate_of") or row["duplicate_of"] or not page.get("medications"):
            continue
        if row["patient"]["patient_id"] == page["patient"]["patient_id"]:
            _count_page(counts, page, row)
    return counts


def _count_page(counts: FlagCounts, page: Row, row: Row) -> None:
    counts.pages += 1
    pairs = pair(page["medications"], row["medications"])
    place = {j: i for i, j, _ in pairs}
    right = {i for i, _, fields in pairs if all(fields[name] is not False for name in READ_RIGHT)}
    expected = {(flag["type"], flag["medication"]) for flag in page.get("expected_flags", [])}
    raised = {(flag["type"], place.get(flag["medication"])) for flag in row["flags"]}
    for type_, medication in sorted(expected):
        hit = (type_, medication) in raised
        counts.expected[type_] += 1
        counts.found[type_] += hit
        counts.expected_right[type_] += medication in right
        counts.found_right[type_] += hit and medication in right
        if not hit and medication in right:
            counts.notes.append(f"missed {type_}: {page['medications'][medication]['text']}")
    for flag in row["flags"]:
        type_, at = flag["type"], place.get(flag["medication"])
        if type_ not in ALARMS:
            counts.others[type_] += 1
        elif flag.get("severity") == "low":
            counts.quiet += type_ == "interaction"
        else:
            counts.alarms[type_] += 1
            if (type_, at) not in expected:
                counts.false[type_] += 1
                text = row["medications"][flag["medication"]]["text"]
                counts.notes.append(f"false {type_}: {text} {flag.get('detail', '')}")


def understood(dataset: Path, truth: list[Row], *, checks: Checks = BUILT_IN) -> Iterator[Row]:
    """Yield predicted pages made from the truth's own text and the dataset's records."""
    formulary = Formulary.builtin()
    records = {record.patient_id: record for record in read_records(dataset / "records.json")}
    for page in truth:
        if page.get("medications") and not page.get("duplicate_of"):
            yield _understood(page, records.get(page["patient"]["patient_id"]), formulary, checks)


def _understood(page: Row, record: PatientRecord | None, formulary: Formulary, checks: Checks) -> Row:
    items = [item for one in page["medications"] for item in parse_text(one["text"], index=formulary)[0]]
    said = tuple(Mention(MentionKind.ALLERGY, str(_name(one))) for one in page.get("allergies", []))
    patient_id = page["patient"]["patient_id"]
    proposals = propose(
        page_id="page",
        understanding=Understanding(
            PageKind.PRESCRIPTION, None, None, Traits(), items=tuple(items), mentions=said
        ),
        patient_id=patient_id,
        record=record,
        strengths_of=formulary.strengths_of,
        provenance=Provenance("", "", formulary.version),
        checks=checks,
    )
    details = [flag.detail for one in proposals for flag in one.flags]
    flags = [
        {**flag, "detail": detail} for flag, detail in zip(flag_objects(proposals), details, strict=True)
    ]
    return {
        "file": page["file"],
        "page": page["page"],
        "duplicate_of": None,
        "patient": {"patient_id": patient_id},
        "medications": [
            medication_object(item, action=one.payload.action, needs_review=False)
            for item, one in zip(items, proposals, strict=True)
        ],
        "flags": flags,
    }


def _name(allergy: object) -> object:
    return allergy.get("substance") if isinstance(allergy, dict) else allergy


def by_page(rows: Iterator[Row] | list[Row]) -> dict[tuple[str, int], Row]:
    """Return pages by file and number."""
    return {(row["file"], row["page"]): row for row in rows}


def main() -> None:
    """Print the counts of a dataset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument(
        "--predicted", type=Path, help="what `reprise predict` wrote; default: the truth's text"
    )
    parser.add_argument("--list", action="store_true", help="list what was missed and what was false")
    options = parser.parse_args()
    truth = json.loads((options.dataset / "truth.json").read_text(encoding="utf-8"))["pages"]
    if options.predicted:
        lines = options.predicted.read_text(encoding="utf-8").splitlines()
        predicted = by_page([json.loads(line) for line in lines])
    else:
        predicted = by_page(understood(options.dataset, truth))
    counts = count(truth, predicted)
    print(f"{counts.pages} pages")
    for type_ in TYPES:
        print(
            f"{type_:18} found {counts.found[type_]:3} of {counts.expected[type_]:3}"
            f"   on lines read right {counts.found_right[type_]:3} of {counts.expected_right[type_]:3}"
            f"   alarms {counts.alarms[type_]:3}, not expected {counts.false[type_]:3}"
        )
    print(f"false alarms a page {counts.false_a_page():.2f}, quiet interactions {counts.quiet}")
    print("other flags:", ", ".join(f"{name} {n}" for name, n in counts.others.most_common()))
    for note in counts.notes if options.list else ():
        print(f"  {note}")


if __name__ == "__main__":
    main()
