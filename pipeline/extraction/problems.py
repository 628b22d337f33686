"""Complaints and illnesses that a note names; words, and endings of words, in rules/problems.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from pipeline.extraction.assertion import cues_behind, phrases, words_in
from pipeline.extraction.tables import fold, rules

Place = tuple[int, int]
"""Where a problem's name starts and ends."""

_WORD = re.compile(r"[a-zµ0-9]+")
_GAP = re.compile(r"\s+|-|\s?['’]\s?")
_LONGEST = 6
"""Words of a problem's name at most, links not counted."""
_DENIED = re.compile(r"(?<![a-z])(?:pas\s+(?:de|d\s?')|aucune?s?|absence\s+(?:de|d\s?'))\s*(?:de\s|d')?\s*")


@cache
def _terms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds the table's terms in folded text, and its abbreviations in the text as written."""
    capitals = rules("problems")["abbreviation"]["only_capitals"]
    terms = [t for t in chain.from_iterable(rules("problems")["term"].values()) if t not in capitals]
    plural = [
        f"{t}s" for t in terms if t[-1].isalpha() and t[-1] not in "sxz" and " " not in t and t.islower()
    ]
    return phrases((*terms, *plural)), re.compile(rf"(?<!\w)(?:{'|'.join(capitals)})(?!\w)")


@cache
def _only_first() -> re.Pattern[str]:
    table = rules("problems")["only_first"]
    words, not_before = (phrases(tuple(table[key])).pattern for key in ("words", "not_before"))
    return re.compile(rf"(?:(?<=^)|(?<=[,;:.+(]\s)|(?<=[,;:.+(]))(?:{words})(?!\W*(?:\d|{not_before}))")


@cache
def _disease_word() -> re.Pattern[str]:
    table = rules("problems")["ending"]

    def any_of(key: str) -> str:
        return "|".join(sorted(map(fold, table[key]), key=len, reverse=True))

    common = rf"(?!(?:{any_of('not_disease')})s?(?![a-z]))"
    ending = rf"[a-z]{{2,}}(?:{any_of('of_disease')})"
    measure = rf"(?:{any_of('of_measure_begins')})[a-z]*(?:{any_of('of_measure')})"
    return re.compile(rf"(?<![a-z]){common}(?:{ending}|{measure})(?![a-z])")


def problems_in(text: str) -> list[Place]:
    """Return where problems stand in free text, with what specifies them ("otite moyenne aiguë droite")."""
    folded = fold(text)
    terms, capitals = _terms()
    starts = [m.span() for m in terms.finditer(folded)]
    starts += [m.span() for m in capitals.finditer(text)]
    starts += [m.span() for m in _only_first().finditer(folded)]
    starts += [m.span() for m in _disease_word().finditer(folded) if not _is_quality(text, m.end())]
    found: list[Place] = []
    for start, end in sorted(starts, key=lambda place: (place[0], -place[1])):
        if (not found or start >= found[-1][1]) and not _is_something_else(folded, start):
            found.append((start, _full_end(folded, end)))
    return found


def problem_at(text: str, start: int) -> bool:
    """Whether a problem's name stands at a place."""
    folded = fold(text)
    terms, capitals = _terms()
    ending = _disease_word().match(folded, start)
    known = terms.match(folded, start) or capitals.match(text, start)
    return bool(known) or (ending is not None and not _is_quality(text, ending.end()))


def _is_quality(text: str, end: int) -> bool:
    """Whether a word that ends so is no inflammation but a quality: "gravité", "activité"."""
    return text[:end].rstrip("s").endswith(("té", "TÉ"))


def denied_in(text: str) -> list[Place]:
    """Return where something is denied outright ("pas de défense"), be it known as a problem or not."""
    folded = fold(text)
    found: list[Place] = []
    for cue in _DENIED.finditer(folded):
        end = _phrase_end(folded, cue.end())
        if re.search(r"[a-z]{3}", folded[cue.end() : end]) and not no_problem(folded[cue.end() : end]):
            found.append((cue.end(), end))
    return found


def headed(text: str) -> list[Place]:
    """Return where problems stand behind a heading ("Motif : ...", "ATCD : ..."), known as such or not."""
    folded = fold(text)
    heading = re.match(r"\W*([a-z]+(?:\s[a-z]+)?)\s*\.?\s*:\s*", folded)
    names = map(fold, rules("notes")["problem_heading"]["words"])
    return list(_chunks(folded, heading.end())) if heading and heading[1] in names else []


def _chunks(folded: str, start: int) -> Iterator[Place]:
    for chunk in re.finditer(r"[^,;+]+", folded[start:]):
        first, last = start + chunk.start(), start + chunk.end()
        lead = re.match(rf"\W*(?:(?:{_table('lead')})\W*)?", folded[first:last])
        first += lead.end() if lead else 0
        denied = _DENIED.match(folded, first)
        first = denied.end() if denied else first
        for closing in (words_in("taken", "before"), cues_behind()):
            cut = closing.search(folded, first, last)
            last = cut.start() if cut else last
        piece = folded[first:last].rstrip(" .?!")
        if re.search(r"[a-z]{3}|^[a-z]{2}$", piece) and not no_problem(piece):
            yield first, first + len(piece)


@cache
def _table(key: str) -> str:
    return phrases(tuple(rules("problems")["no_problem"][key])).pattern


def no_problem(phrase: str) -> bool:
    """Whether a folded phrase is something else that a note has or lacks ("changement", "certificat")."""
    return bool(re.fullmatch(rf"\W*(?:{_table('words')})s?(?:\s(?:de|du|des|d)\b.*)?\W*", phrase))


def _is_something_else(folded: str, start: int) -> bool:
    return bool(
        re.search(rf"(?:{_table('before')})\s*(?:l['’]|la |le |les |de |du |d['’])?\s*$", folded[:start])
    )


@cache
def _qualifiers() -> tuple[frozenset[str], frozenset[str], tuple[str, ...], frozenset[str]]:
    """Return the words that specify, the links, the endings of adjectives and the words that never belong."""
    table = rules("problems")["qualifier"]
    words, links, stop = (frozenset(map(fold, table[key])) for key in ("words", "links", "stop"))
    return words, links, tuple(map(fold, table["endings"])), stop


def _full_end(folded: str, end: int) -> int:
    """Return where the name ends with its qualifiers: sides, places, adjectives, "du sein"."""
    words, links, endings, stop = _qualifiers()
    place, linked = end, False
    for _ in range(_LONGEST):
        gap = _GAP.match(folded, place)
        word = _WORD.match(folded, gap.end()) if gap else None
        if gap is None or word is None or cues_behind().match(folded, gap.end()):
            break
        place, name = word.end(), word.group()
        if name in stop:
            break
        if name in links and (name not in ("d", "l") or folded[place : place + 1] in ("'", "’")):
            linked = True
            continue
        fits = name in words or (len(name) > 4 and name.endswith(endings))
        if not fits and not (linked and _is_place(name)):
            break
        end, linked = place, False
    return end


def _is_place(word: str) -> bool:
    """Whether a linked word may be the seat of an illness: "cancer du sein", not "angine de 3 jours"."""
    return len(word) > 3 and word not in map(fold, rules("problems")["qualifier"]["no_seat"])


@cache
def _ends_phrase() -> re.Pattern[str]:
    words = phrases(tuple(rules("problems")["denied"]["stop"])).pattern
    return re.compile(rf"[,;.:!?(+/]|->|{words}|{words_in('taken', 'before').pattern}")


def _phrase_end(folded: str, start: int) -> int:
    """Return where what is denied ends: at a mark, a cue, a treatment; many words are no name."""
    cut = _ends_phrase().search(folded, start)
    end = cut.start() if cut else len(folded)
    words = list(re.finditer(r"[a-z0-9]+(?:['’-][a-z0-9]+)*", folded[start:end]))
    if len(words) > _LONGEST:
        return start
    return start + (words[-1].end() if words else 0)
