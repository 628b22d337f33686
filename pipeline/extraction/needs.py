"""The phrase that says "as needed", and why: "si besoin", "si douleur thoracique", "si T° > 38,5"."""

from __future__ import annotations

from pipeline.extraction.state import State
from pipeline.extraction.tables import fold, rules

_LINKS = frozenset(("de", "d", "du", "des", "la", "le", "les", "l", "a", "au", "aux", "en", "avec", "s"))
_BARE = frozenset(("besoin", "necessaire"))
_SIGNS = frozenset((">", "<", "≥", "≤"))
_MEASURES = frozenset(("kg", "g", "mmol", "%"))
_DEGREES = frozenset(("°", "°c"))


def needed(state: State, at: int) -> int | None:
    """Si besoin, SB, PRN, si douleur, si besoin (fièvre), en cas de crise d'angoisse."""
    kind = state.kind(at)
    if kind not in ("needed", "if"):
        return None
    if at and _alarms(state, at - 1):
        return None  # "stop si nausées" is no reason to take it
    if kind == "if" and state.value(at + 1) in _BARE:
        state.next_draft(at).as_needed = True  # "/jsi besoin": a blank was lost
        return at + 2
    nxt = at + 1
    bracket = state.value(nxt) == "("
    probe = nxt + bracket
    leads = state.kind(probe) in ("if", "during")
    probe += leads
    if _alarms(state, probe):
        return None  # nor is "si pas d'allergie"
    free = kind == "if" or bracket
    if free or state.kind(probe) == "reason":
        reason, end = _reason(state, probe)
    else:
        reason, end = "", probe
    if kind == "if" and not reason:
        return None
    draft = state.next_draft(at)
    if state.joined and (draft.frequency or draft.when):
        state.doubt("ambiguous")  # "matin et soir + à la demande": more than what is taken anyway
    draft.as_needed = True
    if reason:
        draft.as_needed_for = reason
        nxt = end
        nxt += state.value(nxt) == ")"
    return nxt


def _alarms(state: State, at: int) -> bool:
    return fold(state.written(at)) in rules("posology")["alarm"]["word"]


def _reason(state: State, at: int) -> tuple[str, int]:
    """Return the words of a reason as the paper has them, spelling made regular, and where they end.

    Words that mean something else (a time of day, a number) end it; "> 38,5" belongs to it.
    """
    words: list[str] = []
    nxt = at
    while True:
        linked = nxt
        while words and (state.kind(linked) in ("to", "and") or state.value(linked) in _LINKS):
            linked += 1
        if state.kind(linked) == "unknown":
            if not _is_detail(state, linked, first=not words, linked=linked > nxt):
                break
        elif state.kind(linked) != "reason":
            break
        words += [state.written(k) for k in range(nxt, linked)]
        is_known = state.kind(linked) == "reason"
        words.append(state.value(linked) if is_known else state.written(linked))
        nxt = linked + 1
    if words and state.value(nxt) in _SIGNS and state.kind(nxt + 1) == "number":
        degrees = state.written(nxt + 1)
        nxt_word = nxt + 2
        if state.value(nxt_word) in _DEGREES:
            nxt_word += 1
            if (
                state.kind(nxt_word) == "number"
                and state.terms[nxt_word].start == state.terms[nxt_word - 1].end
            ):
                degrees += f",{state.written(nxt_word)}"  # "38°5"
                nxt_word += 1
        measure, nxt_word = _measure(state, nxt_word)
        words += [state.value(nxt), degrees, *measure]
        nxt = nxt_word
    return _joined(words), nxt


def _measure(state: State, at: int) -> tuple[list[str], int]:
    """Return the unit of what is compared, "kg", "g/l", as written, and where it ends."""
    if state.written(at) not in _MEASURES:
        return [], at
    per_litre = state.value(at + 1) == "/" and state.written(at + 2) == "l"
    end = at + 3 if per_litre else at + 1
    return [state.text[state.terms[at].start : state.terms[end - 1].end]], end


def _is_detail(state: State, at: int, *, first: bool, linked: bool) -> bool:
    """Whether an unknown word belongs to a reason: the first, one tied to it, an adjective; no garbled word.

    What stands before a number may be a word of the posology that reads badly.
    """
    word = state.value(at)
    if word in _LINKS or (state.kind(at - 1) == "to" and word.endswith(("er", "ir"))):
        return False  # "si sifflements, à répéter": what to do then
    return first or ((linked or len(word) >= 5) and state.kind(at + 1) not in ("number", "smudge"))


def _joined(words: list[str]) -> str:
    """Join words with blanks, none after an elision ("crise d'angoisse")."""
    return " ".join(words).replace(" d ", " d'").replace(" l ", " l'")
