"""Measure the parser on the gold set, field by field.

python tests/accuracy/measure_gold.py [--held] [--show-held]

Without `--held` the development rows are measured, the wrong ones listed; with it the held third, as totals
only, unless `--show-held` asks for its rows.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gold_set import (
    FIELDS,
    TAKING,
    GoldItem,
    GoldMention,
    GoldNote,
    merged,
    read_items,
    read_notes,
    taking_of,
)  # fmt: skip

from pipeline.domain.meaning import Mention, PrescriptionLine
from pipeline.evaluation.canonical import folded, strength, substance

ALIASES = {"bpm": "min", "c": "cel", "batt min": "min"}
SPECIFIED = 3
"""Words by which a problem may be named more fully than in the gold."""
Verdict = dict[str, tuple[str, Any, Any]]


def compare(gold: GoldItem, found: PrescriptionLine) -> Verdict:
    """Return per compared field "right", "wrong" or "overfilled" with what was expected and found."""
    theirs = _phases_of(found)
    drug = found.drug.drug.substance if found.drug else None
    pairs: dict[str, tuple[Any, Any]] = {
        "substance": (
            gold.substance,
            gold.substance if _same_substance(gold.substance, drug or "") else drug,
        ),
        "strength": (strength(gold.strength), _as_written(gold.strength, found.strength)),
        "action": (gold.action, found.action.value if found.action else None),
        "renewals": (gold.renewals, found.renewals),
        "not_substitutable": (gold.not_substitutable or None, found.not_substitutable or None),
        "flags": (gold.flags or None, frozenset(found.doubts) if gold.flags else None),
        "phases": (len(gold.phases) or None, len(theirs) or None),
    }
    for name in TAKING:
        pairs[name] = tuple(
            tuple(tuple(taking.get(name) for taking in phase) for phase in phases)
            for phases in (gold.phases, theirs)
        )
    pairs["route"] = _written_routes(*pairs["route"])
    return {
        name: (_judge(name, mine, other), mine, other)
        for name, (mine, other) in pairs.items()
        if name not in gold.left_open
    }


def _written_routes(gold: Any, found: Any) -> tuple[Any, Any]:
    """Return the routes; none is compared where the paper writes none: that one is the formulary's."""
    return (gold, found) if not _empty(gold) else (gold, None)


def _same_substance(gold: str, found: str) -> bool:
    """Return whether each part is the same DCI, whatever salt the formulary adds."""
    mine, other = (sorted(substance(part) for part in name.split("/")) for name in (gold, found))
    same_number = len(mine) == len(other)
    return same_number and all(any(set(a.split()) <= set(b.split()) for b in other) for a in mine)


def _judge(name: str, gold: Any, found: Any) -> str:
    if name == "flags":
        return "right" if not gold or gold <= found | ({"any"} if found else set()) else "wrong"
    if gold == found or (_empty(gold) and _empty(found)):
        return "right"
    return "overfilled" if _fills_a_gap(gold, found) else "wrong"


def _empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, tuple) and all(map(_empty, value)))


def _fills_a_gap(gold: Any, found: Any) -> bool:
    if _empty(gold):
        return not _empty(found)
    if isinstance(gold, tuple) and isinstance(found, tuple) and len(gold) == len(found):
        return any(_fills_a_gap(*pair) for pair in zip(gold, found, strict=True))
    return False


def _phases_of(found: PrescriptionLine) -> tuple[tuple[dict[str, Any], ...], ...]:
    by_sequence: dict[int, list[dict[str, Any]]] = {}
    for posology in found.posologies:
        facts = taking_of(posology)
        by_sequence.setdefault(posology.sequence, []).append(facts)
    phases = (merged(by_sequence[sequence]) for sequence in sorted(by_sequence))
    return tuple(phase for phase in phases if phase and any(phase))


def _as_written(gold: str, found: str | None) -> Any:
    """Return the strength found; where the paper has no unit, one that the formulary settles is as good."""
    mine, other = strength(gold), strength(re.sub(r"(?<!\d)(?=[.,]\d)", "0", found or ""))
    bare = [value for value, unit in mine if not unit]
    micro = [value * (1000 if "µg" in str(found) else 1) for value, _ in other]
    if bare and [value for value, _ in mine] in (micro, [value for value, _ in other]):
        return mine
    return other


def note_faults(gold: GoldNote, items: Sequence[PrescriptionLine], mentions: Sequence[Mention]) -> list[str]:
    """Return what is missing, has another assertion, or is said though the note does not."""
    found = [(m.kind.value, _names(m), m.assertion.value) for m in mentions]
    named = {name for kind, names, _ in found if kind == "drug" for name in names}
    for item in items:
        names = {item.drug.drug.substance if item.drug else "", item.drug_text} - {""}
        if not names & named:
            stopped = item.action is not None and item.action.value == "stop"
            found.append(("drug", names, "past" if stopped else "affirmed"))
    faults, used = [], set()
    for mention in gold.mentions:
        hits = [
            i for i, (kind, names, _) in enumerate(found) if kind == mention.kind and _meets(mention, names)
        ]
        used.update(hits)
        if mention.kind in gold.left_open:
            continue
        others = [found[i][2] for i in hits if found[i][2] != mention.assertion]
        if not hits:
            faults.append(f"missing {mention.kind} {mention.value}")
        elif "assertion" not in gold.left_open and others:
            faults.append(f"{mention.kind} {mention.value}: {mention.assertion}, found {others[0]}")
    allergens = [mention for mention in gold.mentions if mention.kind == "allergy"]
    for i, (kind, names, _) in enumerate(found):
        echo = kind == "drug" and any(_meets(mention, names) for mention in allergens)
        if i not in used and kind not in gold.left_open and not echo:
            faults.append(f"overfilled {kind} {sorted(names)}")
    return faults


def _names(mention: Mention) -> set[str]:
    """Return what a mention is about: never its whole surface, in which anything may be found again."""
    if mention.kind.value == "vital":
        unit = folded(mention.unit)
        return {f"{folded(mention.value)} {ALIASES.get(unit, unit)}".strip()}
    drug = {mention.drug.substance} if mention.drug else set()
    return drug | ({mention.value} if mention.value else set())


def _meets(gold: GoldMention, names: set[str]) -> bool:
    """Return whether a mention is the gold's: the same measure, the same DCIs, the same problem."""
    if gold.kind == "vital":
        value, _, unit = gold.value.partition(" ")
        return f"{folded(value)} {ALIASES.get(folded(unit), folded(unit))}".strip() in names
    if not gold.value or not names:
        return not gold.value and not names
    if gold.kind == "problem":
        return any(_same_problem(gold.value, name) for name in names)
    return any(_same_substance(gold.value, name) for name in names)


def _same_problem(gold: str, found: str) -> bool:
    """Return whether each of the gold's words begins one of the name's, which has few besides."""
    mine, other = folded(gold).split(), folded(found).split()
    begun = all(
        any(word == each or (len(word) > 3 and each.startswith(word)) for each in other) for word in mine
    )
    return begun and len(other) <= len(mine) + SPECIFIED


def main() -> None:
    """Print the scores."""
    from pipeline.extraction.parse import parse_text
    from pipeline.matching.formulary import Formulary

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--held", action="store_true", help="measure the held third")
    options.add_argument("--show-held", action="store_true", help="list the held rows that are wrong")
    chosen = options.parse_args()
    held, listed = chosen.held or chosen.show_held, chosen.show_held or not chosen.held
    index = Formulary.builtin()
    parse_text("Doliprane 1 g 1 cp", index=index)
    texts = [text for text in read_items() if text.held == held]
    clock = time.process_time()
    parsed = [parse_text(text.text, index=index)[0] for text in texts]
    seconds = time.process_time() - clock
    counts: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    themes: dict[str, Counter[str]] = {}
    needless = 0
    for text, items in zip(texts, parsed, strict=True):
        faults = [] if len(items) == len(text.items) else [f"items: {len(text.items)}, found {len(items)}"]
        for gold, found in zip(text.items, items, strict=False):
            needless += bool(found.doubts) and not gold.flags
            for name, (verdict, mine, other) in compare(gold, found).items():
                counts[name][verdict] += 1
                faults += [] if verdict == "right" else [f"{name} {verdict}: {mine} found {other}"]
        themes.setdefault(text.theme, Counter())["wrong" if faults else "right"] += 1
        if faults and listed:
            print(f"[{text.theme}] {text.text}\n    " + "\n    ".join(faults))
    notes = [note for note in read_notes() if note.held == held]
    note_results = [note_faults(note, *parse_text(note.text, index=index)) for note in notes]
    for note, faults in zip(notes, note_results, strict=True):
        if faults and listed:
            print(f"[notes] {note.text}\n    " + "\n    ".join(faults))
    right = sum(counter["right"] for counter in themes.values())
    print(f"\n{'held' if held else 'dev'}: {right} of {len(texts)} items right in every field "
          f"({right / len(texts):.1%}); {len(texts) / seconds:.0f} items a second; "
          f"{needless} questioned that the gold does not question")  # fmt: skip
    print(f"notes: {sum(not faults for faults in note_results)} of {len(notes)} right")
    for name, counter in counts.items():
        print(f"  {name:18}" + "".join(f"{counter[v]:6} {v}" for v in ("right", "wrong", "overfilled")))
    for theme, counter in sorted(themes.items()):
        print(f"  {theme:18}{counter['right']:6} of {counter.total()}")


if __name__ == "__main__":
    main()
