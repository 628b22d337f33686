"""Allergies and intolerances, one mention an allergen, or that there are none; words in rules/notes.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.domain.drug import Drug, DrugIndex
from pipeline.domain.meaning import Assertion, Mention, MentionKind
from pipeline.extraction.assertion import sense_at, sentence_of, words_in
from pipeline.extraction.tables import fold, rules

Found = tuple[Mention, int, int]

_HEAD = re.compile(
    r"(?<![a-z])(?:all?erg(?!olo)[a-z]*|intoleran[a-z]*|choc anaphylactique(?=\s+(?:a|au|aux)\b))"
)
_PART = re.compile(r"[,/+;&]|(?<![a-z])(?:et|ou|ni)(?![a-z])|!")
_REACTION = re.compile(r"[(:→=]|->|=>")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LONGEST = 5
"""Words of an allergen at most; more are a sentence."""


def speaks_of_allergy(folded: str) -> bool:
    """Whether a folded line has a word of allergy that is more than another illness's adjective."""
    return next(_heads(folded), None) is not None


def allergies_in(text: str, *, index: DrugIndex) -> list[Found]:
    """Return the allergies and intolerances of a line; each place covers the whole statement's part.

    One that lies in the past is affirmed: who once had a reaction is not to get the drug again.
    """
    folded = fold(text)
    found: list[Found] = []
    for head in _heads(folded):
        if not any(start <= head.start() < end for _, start, end in found):
            found += _stated(text, folded, head, index)
    return found + list(_not_tolerated(text, folded, index))


def _heads(folded: str) -> Iterator[re.Match[str]]:
    adjective_of = words_in("allergen", "adjective_of").pattern
    for head in _HEAD.finditer(folded):
        of_another = re.search(rf"(?:{adjective_of})\s*$", folded[: head.start()])
        if not of_another or re.match(r"\s+(?:a|au|aux)\b", folded[head.end() :]):
            yield head


def _stated(text: str, folded: str, head: re.Match[str], index: DrugIndex) -> list[Found]:
    _, last = sentence_of(folded, head.start(), head.end())
    last = len(folded) if ";" in folded[last : last + 1] else last
    sense = sense_at(folded, head.start(), head.end()).assertion
    sense = Assertion.AFFIRMED if sense is Assertion.PAST else sense
    found: list[Found] = []
    listed = head.group().endswith("s") or bool(re.match(r"\s*:", folded[head.end() :]))
    for start, end, reach in _parts(folded, head.end(), last):
        name = _allergen(text[start:end])
        if fold(name) in map(fold, rules("notes")["allergen"]["none"]) or re.fullmatch(
            r"\W*[0ø-]\W*", text[start:end]
        ):
            return [*found, _mention(text, head.start(), end, None, None, Assertion.NEGATED)]
        if not name and not found:
            continue
        if not name or words_in("allergen", "stop").match(fold(name)):
            break
        drug = _drug(name, index)
        if found and not _goes_on(name, drug, folded[end:reach], listed=listed):
            break
        if len(name.split()) > _LONGEST:
            break
        own = sense if sense is not Assertion.AFFIRMED else sense_at(folded, start, end).assertion
        own = Assertion.HYPOTHETICAL if own is Assertion.HYPOTHETICAL else sense
        found.append(_mention(text, start if found else head.start(), reach, name, drug, own))
    if not found and (before := _named_before(text, folded, head, index)):
        return [before]
    if not found and sense is Assertion.NEGATED:
        return [_mention(text, *_whole(folded, head), None, None, sense)]
    return found


def _parts(folded: str, start: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, reach) of every part of an enumeration: its name's, and its reaction's end."""
    place = start + len(re.match(r"[\s:=!>→-]*", folded[start:last]).group())  # type: ignore[union-attr]
    while place < last:
        cut = _PART.search(folded, place, last)
        reach = cut.start() if cut else last
        opened = folded.find("(", place, reach)
        if opened >= 0:
            closed = folded.find(")", opened)
            closed = last if closed < 0 else closed + 1
            cut = _PART.search(folded, closed, last)
            reach = cut.start() if cut else last
        yield place, place + _name_end(folded[place:reach]), reach
        # "pas d'allergie, HTA": what follows the comma is no allergen; "ni d'intolérance" goes on.
        comma = cut is not None and cut.group() == ","
        place = cut.end() if cut and not (comma and not _allergen(folded[place:reach])) else last


def _name_end(piece: str) -> int:
    """Return where an allergen's name ends: at its reaction, or where the sentence goes on."""
    for stop in re.finditer(rf"{_REACTION.pattern}|{words_in('allergen', 'stop').pattern}", piece):
        if _allergen(piece[: stop.start()]):
            return stop.start()
    opened = re.search(r"\)", piece)
    known = words_in("allergen", "known").search(piece)
    return known.end() if opened and known and "(" not in piece else len(piece)


def _allergen(text: str) -> str:
    """Return the words of an allergen, without those of the sentence around it."""
    skip = {fold(word) for word in rules("notes")["allergen"]["skip"]}
    words = [re.sub(r"^(?:[ldLD]['’])", "", word) for word in _WORD.findall(text)]
    while words and fold(words[0]) in skip:
        words.pop(0)
    while words and fold(words[-1]) in skip:
        words.pop()
    return " ".join(words)


def _drug(name: str, index: DrugIndex) -> Drug | None:
    return next((entry for _, _, entry in index.find(name)), None)


def _goes_on(name: str, drug: Drug | None, behind: str, *, listed: bool) -> bool:
    """Whether a part after the first allergen is one more: a known one, or any short name in a list."""
    if re.search(r"\d", name) or re.match(r"\s*:", behind):
        return False
    if words_in("allergen", "known").fullmatch(fold(name)):
        return True
    if drug is not None:
        return len(name.split()) <= len(drug.name.split()) + 1
    return listed and len(name.split()) <= 2


def _named_before(text: str, folded: str, head: re.Match[str], index: DrugIndex) -> Found | None:
    """Read "pénicilline : allergie": the allergen stands right before."""
    known = [(m.start(), m.end(), None) for m in words_in("allergen", "known").finditer(folded)]
    for start, end, drug in [*index.find(text[: head.start()]), *known]:
        if end <= head.start() and re.fullmatch(r"\s*[(:=→>-]+\s*", text[end : head.start()]):
            sense = sense_at(folded, head.start(), head.end()).assertion
            return _mention(text, start, head.end(), text[start:end], drug, sense)
    return None


def _not_tolerated(text: str, folded: str, index: DrugIndex) -> Iterator[Found]:
    before, after = (words_in("intolerance", key).pattern for key in ("before", "after"))
    for start, end, drug in index.find(text):
        lead = re.search(rf"(?:{before})\s*(?:l[ae]s?|l'|du|de|son|sa|ses)?\s*$", folded[:start])
        trail = re.match(rf"\s*(?:{after})", folded[end:])
        if (lead or trail) and not _HEAD.search(folded[lead.start() if lead else start : start]):
            first = lead.start() if lead else start
            last = end + (trail.end() if trail else 0)
            yield _mention(text, first, last, text[start:end], drug, Assertion.AFFIRMED)


def _whole(folded: str, head: re.Match[str]) -> tuple[int, int]:
    """Return where a statement without an allergen stands: "pas d'allergie connue"."""
    first, last = sentence_of(folded, head.start(), head.end())
    comma = folded.rfind(",", first, head.start())
    after = folded.find(",", head.end(), last)
    return max(first, comma + 1), after if after >= 0 else last


def _mention(text: str, start: int, end: int, name: str | None, drug: Drug | None, sense: Assertion) -> Found:
    value = None if name is None else drug.substance if drug else _plain(name)
    surface = text[start:end].strip(" ,;.:")
    return Mention(MentionKind.ALLERGY, surface, value, None, sense, drug), start, end


def _plain(name: str) -> str:
    """Return an allergen in lower case; short capitals are an abbreviation ("AINS")."""
    return name if name.isupper() and len(name) <= 4 else name.lower()
