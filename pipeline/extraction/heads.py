"""The head of a line: list marker, action word, drug name, and the drugs that the name may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from pipeline.domain.drug import DrugCandidate, DrugIndex
from pipeline.domain.meaning import Action
from pipeline.domain.writing import ReadLine
from pipeline.extraction.lexer import terms_of
from pipeline.extraction.tables import fold, lookup, rules

_MARKER = re.compile(
    r"\s*(?:\(?\d{1,2}\s?[).°](?!\d)\s*|\d{1,2},\s(?=[^\W\d])|\d{1,2}\s?[-–](?=\s?[^\W\d])\s*"
    r"|(?:[-–—•*·>+]+)\s*(?=[^\W\d]))"
)
_NUMBERED = re.compile(r"\s*\d{1,2}\s+(?=[^\W\d]{4})")  # "27 IMOVANE": a list marker that reads badly
_TOKEN = re.compile(r"(?![½¼¾])[^\W\d_][\w'’]*(?:[-.][^\W\d_][\w'’]*)*\.?")
_BEHIND = re.compile(r"[\s:,;=>–—(-]*(?:(?:[àa]|est|a été|été)\s+)?")
_FORM = re.compile(
    r"suspension\s+(?:pour|p\s|inj|buv|nas|oph|ocul|auri|rect|cut|epid|orale|a\s+(?:diluer|inhaler)|en\s+(?:flacon|seringue|stylo))"
)
_NAME_NUMBER = re.compile(r"\s?\d(?![\d.,/])")
_GLUED = re.compile(r"(?:[^\W\d_]{4,}|lp)(?=\d)", re.IGNORECASE)  # "metformine1000", "LP100"
_GAP = re.compile(r"[ \u00a0]{1,3}|-|\s?\+\s?(?=[^\W\d])|/(?=[^\W\d])")
_STOPPERS = frozenset(
    (
        "unit", "moment", "weekday", "times", "during", "supply", "max", "then", "needed", "if",
        "instruction", "each", "per", "route", "site", "once", "rate", "later", "except", "unclear"
    )
)  # fmt: skip
_BRIDGES = frozenset(("de", "d", "a", "et", "l", "du"))
_INDICATION = re.compile(r"[^\W\d_][^:\d]{2,40}:\s*")
_FORBIDS = re.compile(r"\b(?:pas|sans|ne|ni|stop|arret\w*|evit\w*|contre|allerg\w*|intol\w*|interdi\w*)\b")
_IN_BRACKETS = re.compile(r"\s*\(([^()\d]{3,30})\)")
MAX_WORDS = 5
GOOD_NAME = 0.5


@dataclass(frozen=True, slots=True)
class Head:
    """How a line begins.

    Attributes:
        marked: a list marker ("1)", "-") stands before.
        action: what an action word before the name says; None = none does.
        replaces: "remplacer X par Y" stands there.
        start, end: the drug's name in the text; equal where there is none.
        candidates: drugs that it may mean, likeliest first; empty = none.
        exact: the formulary has this name letter by letter.
        family: the name says a family of drugs ("insuline"), not one of them: a person says which.
    """

    marked: bool
    action: Action | None
    replaces: bool
    start: int
    end: int
    candidates: tuple[DrugCandidate, ...] = ()
    exact: bool = False
    family: bool = False

    @property
    def probability(self) -> float:
        """0-1 that the best candidate's substance is meant: names of one substance count together."""
        if not self.candidates:
            return 0.0
        substance = self.candidates[0].drug.substance
        return min(1.0, sum(c.probability for c in self.candidates if c.drug.substance == substance))


@cache
def _actions() -> re.Pattern[str]:
    words = sorted(lookup("page", "action"), key=len, reverse=True)
    return re.compile(rf"({'|'.join(map(re.escape, words))})(?![^\W_])[\s:.,]*")


@cache
def _leads(*, acted: bool) -> re.Pattern[str]:
    words = sorted(map(fold, rules("page")["lead"]["word"]), key=len, reverse=True)
    colon = r"\s*:?\s*" if acted else r"\s*:\s*"
    return re.compile(rf"(?:(?:{'|'.join(map(re.escape, words))})(?:(?<=')|(?![^\W_])){colon}(?=[^\W\d_]))*")


def after_marker(text: str) -> tuple[bool, int]:
    """Return whether a list marker stands first, and where the text after it starts."""
    match = _MARKER.match(text)
    return (True, match.end()) if match else (False, len(text) - len(text.lstrip()))


def numbered_name(text: str, index: DrugIndex) -> int:
    """Return where a name of the formulary stands behind a bare number, a badly read marker; 0 = none."""
    numbered = _NUMBERED.match(text)
    if numbered and any(start == 0 for start, _, _ in index.find(text[numbered.end() :])):
        return numbered.end()
    return 0


def action_at(text: str, start: int) -> tuple[str | None, int]:
    """Return the action that the word at a place says ("stop"), and where the next word starts."""
    said = _actions().match(fold(text), start)
    said = None if _FORM.match(fold(text), start) else said  # "suspension pour inhalation"
    return (lookup("page", "action")[said[1]], said.end()) if said else (None, start)


def action_after(text: str) -> tuple[Action | None, int]:
    """Return what the words behind a name say of it (": stop", "à arrêter", "↑"), and where they end.

    None = nothing; the place is then 0.
    """
    lead = _BEHIND.match(text)
    action, end = action_at(text, lead.end() if lead else 0)
    if action is None or action == "replace":
        return None, 0
    return Action(action), end


def _after_lead(text: str, at: int, *, acted: bool) -> int:
    """Step over words before a name that say nothing of it: "ALD :", and after an action "le", "ttt par"."""
    stepped = _leads(acted=acted).match(fold(text), at)
    return stepped.end() if stepped else at


def _after_form(text: str, at: int, index: DrugIndex) -> int:
    """Step over "collyre" in "Collyre Azopt": a form before a name of the formulary."""
    word = re.match(r"[^\W\d_]+\s+", text[at:])
    if word is None or fold(word.group().strip()) not in lookup("page", "form"):
        return at
    nxt = at + word.end()
    return nxt if any(start == 0 for start, _, _ in index.find(text[nxt:])) else at


def head_of(text: str, *, index: DrugIndex, read: ReadLine | None = None) -> Head:
    """Read the head of a line.

    Args:
        text: the line.
        read: the same line with its ink, so that places agree; None for typed text.
        index: the formulary.
    """
    marked, at = after_marker(text)
    if not marked and (name := numbered_name(text, index)):
        marked, at = True, name
    action, at = action_at(text, at)
    if action:
        _, at = action_at(text, at)  # "idem poursuivre": the first word says it
    at = _after_lead(text, at, acted=action is not None)
    if action is None:
        action, at = action_at(text, at)
        at = _after_lead(text, at, acted=True) if action else at
    said = Action(action) if action and action != "replace" else None
    at = _after_form(text, at, index)
    head = _named(text, at, Head(marked, said, action == "replace", at, at), index=index, read=read)
    if head.probability < GOOD_NAME and (name := _after_indication(text, at, index)):
        head = _named(text, name, replace(head, start=name, end=name), index=index, read=read)
    head = _with_other_name(text, head, index)
    after = _after_family(text, at)
    if after is None or (head.probability >= GOOD_NAME and head.end > after):
        return head
    product = _named(text, after, replace(head, start=after, end=after), index=index, read=read)
    if product.probability >= GOOD_NAME:
        return product  # "insuline Lantus"
    # The formulary may have names one letter away, or several of the family: none of them is written.
    return replace(head, end=max(head.end, after), candidates=(), exact=False, family=True)


def _after_indication(text: str, at: int, index: DrugIndex) -> int:
    """Return where a name of the formulary stands behind what it is for ("Reflux : Mopral"); 0 = nowhere."""
    lead = _INDICATION.match(text, at)
    if lead is None or _FORBIDS.search(fold(lead.group())):
        return 0
    return lead.end() if any(start == 0 for start, _, _ in index.find(text[lead.end() :])) else 0


def _with_other_name(text: str, head: Head, index: DrugIndex) -> Head:
    """Take "(Clamoxyl)" behind "Amoxicilline" into the name: the same substance, written twice."""
    other = _IN_BRACKETS.match(text, head.end)
    if other is None or not head.candidates:
        return head
    inside = other[1].strip()
    same = any(
        start == 0 and end == len(inside) and drug.substance == head.candidates[0].drug.substance
        for start, end, drug in index.find(inside)
    )
    return replace(head, end=other.end()) if same else head


def _named(text: str, at: int, bare: Head, *, index: DrugIndex, read: ReadLine | None) -> Head:
    """Return a head with the name that starts at a place, as far as the formulary knows it."""
    ends = _name_ends(text, at, index)
    if not ends:
        return bare
    best: tuple[float, int, tuple[DrugCandidate, ...]] | None = None
    found = next(((s, e) for s, e, _ in index.find(text[at : ends[-1]]) if s == 0), None)
    tries = list(dict.fromkeys([ends[-1], *([at + found[1]] if found else []), *reversed(ends)]))
    for end in tries:
        surface = text[at:end].strip(" .")
        if len(re.sub(r"\W", "", surface)) < 3:
            continue
        candidates = index.rank(surface, read=read, start=at) if read else _ranked(index, surface)
        if not candidates:
            continue
        score = replace(bare, candidates=candidates).probability
        score += 0.02 if found and end == at + found[1] else 0.0
        if best is None or score > best[0] + 0.05:
            best = (score, end, candidates)
        if score >= 0.8:
            break
    if best is None:
        return replace(bare, end=ends[-1])
    end = best[1]
    exact = bool(found and found[1] >= end - at - 1)
    return replace(bare, end=end, candidates=best[2], exact=exact)


def _ranked(index: DrugIndex, surface: str) -> tuple[DrugCandidate, ...]:
    """Return the drugs that a typed name may mean; the same few hundred names come again and again."""
    return _rank(index, surface)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _rank(index: DrugIndex, surface: str) -> tuple[DrugCandidate, ...]:
    return index.rank(surface)


def _after_family(text: str, at: int) -> int | None:
    """Return where the text goes on after the name of a family ("insuline rapide"); None = none is there."""
    folded = fold(text)
    for name in sorted(lookup("page", "family"), key=len, reverse=True):
        end = at + len(name)
        if folded.startswith(name, at) and not folded[end : end + 1].isalpha():
            gap = _GAP.match(text, end)
            return gap.end() if gap else end
    return None


def _name_ends(text: str, at: int, index: DrugIndex) -> list[int]:
    """Return where a name that starts at `at` may end, shortest first; it stops at posology and numbers."""
    ends: list[int] = []
    place = at
    while len(ends) < MAX_WORDS:
        token = _TOKEN.match(text, place)
        if token is None:
            break
        if _stops(token.group(), first=not ends):
            break
        if glued := _GLUED.match(text, place):
            ends += [glued.end()] * (fold(glued.group()) != "lp" or bool(ends))
            if not any(end >= token.end() - at for start, end, _ in index.find(text[at : token.end()])):
                break  # "Omega3" may be a name, "metformine1000" is none
        end = token.end() - (1 if token.group().endswith(".") else 0)
        if fold(token.group()) not in _BRIDGES or token.group() in ("A", "D"):  # "Vitamine D"
            ends.append(end)
        gap = _GAP.match(text, token.end())
        if gap is None:
            break
        place = gap.end()
    if ends and (numbered := _numbered_end(text, at, ends[0], index)):
        ends.append(numbered)
    return ends


def _numbered_end(text: str, at: int, end: int, index: DrugIndex) -> int:
    """Return where a name ends whose last word is a number ("Mag 2 : 1 amp"); 0 = it has none.

    Before a unit the number is how many are taken.
    """
    number = _NAME_NUMBER.match(text, end)
    wanted = (0, number.end() - at) if number else None
    if number is None or wanted not in [found[:2] for found in index.find(text[at : number.end()])]:
        return 0
    behind = terms_of(text[number.end() : number.end() + 12])
    return 0 if behind and behind[0].kind in ("unit", "per", "times", "time") else number.end()


def _stops(word: str, *, first: bool) -> bool:
    """Whether a word belongs to the posology; a name may stand one letter away from a unit's name."""
    terms = terms_of(word)
    if not terms or terms[0].fuzzy:
        return False
    if terms[0].kind == "times" and len(terms) > 1:
        return True  # "x3"
    return len(terms) == 1 and terms[0].kind in _STOPPERS and (first or fold(word) not in _BRIDGES)


def form_written(text: str) -> str | None:
    """Return the pharmaceutical form that a text names outright ("collyre"); None = names none."""
    found = {match[1] for match in _forms()[0].finditer(fold(text))}
    return next((form for surface, form in _forms()[1] if surface in found), None)


@cache
def _forms() -> tuple[re.Pattern[str], list[tuple[str, str]]]:
    """Return what finds the forms, and (surface, form) in the table's order: "gel" is a gélule first."""
    table = [(fold(surface), form) for form, found in rules("page")["form"].items() for surface in found]
    words = sorted({surface for surface, _ in table}, key=len, reverse=True)
    return re.compile(rf"(?<![a-z0-9])(?=({'|'.join(map(re.escape, words))})(?![a-z]))"), table
