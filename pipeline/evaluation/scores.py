"""Score predicted pages against the truth, all pages and by how hard they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.evaluation.canonical import (
    Row,
    dosage_facts,
    folded,
    listed,
    mapping,
    number,
    strength,
    substance,
)

Counts = dict[str, list[int]]
FIELDS = ("strength", "dose", "frequency", "when", "duration", "as_needed", "route", "action")
CONFIDENT = 0.9
PATIENT_CONFIDENT = 0.95


def same_drug(true: Row, predicted: Row) -> bool:
    """Whether two medications are the same by ATC code or by DCI."""
    codes = [str(row.get("atc") or "").upper() for row in (true, predicted)]
    names = [substance(row.get("substance")) for row in (true, predicted)]
    return bool(codes[0] and codes[0] == codes[1]) or bool(names[0] and names[0] == names[1])


def compare(true: Row, predicted: Row) -> dict[str, bool | None]:
    """Compare field by field; None where the truth has nothing to compare."""
    expected, found = dosage_facts(true.get("dosage")), dosage_facts(predicted.get("dosage"))
    result: dict[str, bool | None] = {"strength": None}
    if true.get("strength"):
        result["strength"] = strength(true["strength"]) == strength(predicted.get("strength"))
    stopped = true.get("action") == "stop"
    for field in FIELDS[1:-1]:
        nothing = field in ("dose", "when") and not expected[field]
        result[field] = None if stopped or nothing else expected[field] == found[field]
    result["action"] = true.get("action") == predicted.get("action")
    result["full_line"] = all(value is not False for field, value in result.items() if field != "when")
    return result


def pair(true: Sequence[Row], predicted: Sequence[Row]) -> list[tuple[int, int, dict[str, bool | None]]]:
    """Pair medications one to one by drug, the best agreeing first."""
    pairs = []
    for i, expected in enumerate(true):
        for j, found in enumerate(predicted):
            if same_drug(expected, found):
                compared = compare(expected, found)
                agreeing = sum(value is True for value in compared.values())
                pairs.append((-agreeing, abs(i - j), i, j, compared))
    chosen, left, right = [], set(), set()
    for _, _, i, j, compared in sorted(pairs, key=lambda row: row[:4]):
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            chosen.append((i, j, compared))
    return chosen


def page_counts(true: Row, predicted: Row | None) -> Counts:
    """Return {metric: [successes, trials]} of one page; None = the page was lost."""
    counts: Counts = defaultdict(lambda: [0, 0])

    def tally(metric: str, success: object) -> None:
        counts[metric][0] += bool(success)
        counts[metric][1] += 1

    tally("pages_lost", predicted is None)
    found = predicted or {}
    tally("kind_accuracy", found.get("kind") == true["kind"])
    medications = [mapping(row) for row in listed(found.get("medications"))]
    if true.get("duplicate_of"):
        return counts
    if true["kind"] not in ("prescription", "note"):
        counts["med_precision"][1] += len(medications)
        for row in medications:
            _confidence(counts, row, None)
        return counts
    if true["written_on"]:
        tally("written_on_accuracy", found.get("written_on") == true["written_on"])
    if true.get("prescriber_on_page", True):
        tally("prescriber_accuracy", _same_prescriber(true["prescriber"], found.get("prescriber")))
    _patient(counts, true["patient"]["patient_id"], mapping(found.get("patient")))
    pairs = pair(true["medications"], medications)
    counts["med_precision"] = [len(pairs), len(medications)]
    counts["med_recall"] = [len(pairs), len(true["medications"])]
    by_true = {i: compared for i, _, compared in pairs}
    by_found = {j: compared for _, j, compared in pairs}
    for i in range(len(true["medications"])):
        tally("full_line_exact", by_true.get(i, {}).get("full_line"))
    for _, _, compared in pairs:
        for field in FIELDS:
            if compared[field] is not None:
                tally(f"{field}_accuracy", compared[field])
    for j, row in enumerate(medications):
        _confidence(counts, row, by_found.get(j))
    flagged = _flags(found.get("flags"), medications)
    for kind, name, code in _flags(true.get("expected_flags"), true["medications"]):
        hit = any(k == kind and (not n or n == name or (c and c == code)) for k, n, c in flagged)
        tally("flag_recall", hit)
        tally(f"flag_recall:{kind}", hit)
    return counts


def _patient(counts: Counts, patient_id: str, found: Row) -> None:
    others = [mapping(row).get("patient_id") for row in listed(found.get("alternatives"))]
    ranked = list(dict.fromkeys(name for name in [found.get("patient_id"), *others] if name))
    sure = bool((number(found.get("probability")) or 0) >= PATIENT_CONFIDENT and found.get("patient_id"))
    outcomes = {
        "patient_recall@1": found.get("patient_id") == patient_id,
        "patient_recall@3": patient_id in ranked[:3],
        "patient_confident_share": sure,
    }
    if sure:
        outcomes["patient_wrong_when_confident"] = found["patient_id"] != patient_id
    for metric, success in outcomes.items():
        counts[metric][0] += success
        counts[metric][1] += 1


def _same_prescriber(true: Row, found: object) -> bool:
    name = found if isinstance(found, str) else mapping(found).get("rpps") or mapping(found).get("name") or ""
    words = set(folded(name).split()) - {"dr", "docteur"}
    return str(name) == true["rpps"] or (bool(words) and words <= set(folded(true["name"]).split()))


def _flags(flags: object, medications: Sequence[Row]) -> list[tuple[str, str, str]]:
    rows = []
    for flag in listed(flags):
        row = {"type": flag} if isinstance(flag, str) else mapping(flag)
        name, place = substance(row.get("substance")), row.get("medication")
        if not name and isinstance(place, int) and 0 <= place < len(medications):
            name = substance(medications[place].get("substance"))
        rows.append((str(row.get("type") or ""), name, str(row.get("atc") or "").upper()))
    return rows


def _confidence(counts: Counts, row: Row, compared: dict[str, bool | None] | None) -> None:
    """Lines that nobody would look at; silently wrong in substance, strength, dose or frequency."""
    sure = (number(row.get("confidence")) or 0) >= CONFIDENT and not row.get("needs_review", True)
    counts["confident_share"][0] += sure
    counts["confident_share"][1] += 1
    if sure:
        wrong = compared is None or any(compared[k] is False for k in ("strength", "dose", "frequency"))
        counts["silent_error_rate"][0] += wrong
        counts["silent_error_rate"][1] += 1


def ratios(pages: Iterable[Counts]) -> dict[str, dict[str, float]]:
    """Add up pages and divide; every metric with how many it was counted over."""
    totals: Counts = defaultdict(lambda: [0, 0])
    for counts in pages:
        for metric, (successes, trials) in counts.items():
            totals[metric][0] += successes
            totals[metric][1] += trials
    result = {m: {"value": round(a / b, 4), "n": b} for m, (a, b) in totals.items() if b}
    precision, recall = result.get("med_precision"), result.get("med_recall")
    if recall:
        p, r = (precision or {"value": 0.0})["value"], recall["value"]
        result["med_f1"] = {"value": round(2 * p * r / (p + r), 4) if p and r else 0.0, "n": recall["n"]}
    return result


def score(truth: Row, predicted: Sequence[Row]) -> dict[str, Any]:
    """Score a dataset.

    Args:
        truth: truth.json, with `pages`.
        predicted: one object a page, as `reprise predict` writes them.
    """
    found: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in predicted:
        found[str(row.get("file")), int(row.get("page", 1))].append(row)
    pages = truth["pages"]
    known = {(page["file"], page["page"]) for page in pages}
    counted = [
        (page["tier"], page_counts(page, next(iter(found.get((page["file"], page["page"]), [])), None)))
        for page in pages
    ]
    groups = {"all": ratios(counts for _, counts in counted)}
    for tier in sorted({tier for tier, _ in counted}):
        groups[tier] = ratios(counts for name, counts in counted if name == tier)
    return {
        "pages": len(pages),
        "pages_lost": sum(counts["pages_lost"][0] for _, counts in counted),
        "pages_unknown": sum(key not in known for key in found),
        "pages_repeated": sum(len(rows) > 1 for rows in found.values()),
        "groups": groups,
    }
