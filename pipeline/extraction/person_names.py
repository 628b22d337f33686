"""Title, sex and the words of the name on an identity line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from pipeline.extraction.strip import BLANK, Piece, Strip, any_of, phrase, words
from pipeline.extraction.tables import fold, lookup

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_DATE_AHEAD = r"(?:le\s+)?\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{2,4})?\s*[,:;-]?\s+"
_BOTH = re.compile(r"(?<![a-z])m(?:r|onsieur)?\.?\s*(?:et|ou|/|&)\s*(?:mme|madame)(?![a-z])\.?\s*")
_WITHIN = ("mme", "madame", "mlle", "mademoiselle", "monsieur", "mr")
_SEX = {"f": "F", "feminin": "F", "femme": "F", "m": "M", "h": "M", "masculin": "M", "homme": "M"}
_NO_TITLES = ("nom", "patient", "patiente")
MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Title:
    """A title as written, the sex that it tells, and where it stands; `end` is where the name may start."""

    word: str | None
    sex: str | None
    start: int
    end: int


NO_TITLE = Title(None, None, 0, 0)


@cache
def _lead() -> re.Pattern[str]:
    lead = rf"{phrase('lead', 'word')}\s*[:.,-]*\s*"
    return re.compile(
        rf"\W*(?:{_DATE_AHEAD})?(?:{lead})?(?:{phrase('label', 'names')}\s*:?\s*)?([a-z]+)\.?\s*"
    )


def title_of(text: str) -> Title:
    """Return the title at the start of a line, behind a date or "Patient :" too, else one inside it.

    A title with one letter misread ("Mne", two in "Monteur") counts before a name, but tells no sex. "M. et
    Mme" is none.
    """
    folded = fold(text)
    if both := _BOTH.search(folded):
        return Title(None, None, both.start(), both.end())
    match = _lead().match(folded)
    if match and match[1] not in _NO_TITLES:
        word = text[match.start(1) : match.end(1)]
        sex = lookup("page", "title").get(match[1], _misread(word, text[match.end() :]))
        if sex is not None:
            return Title(word, sex or None, match.start(1), match.end())
    inside = re.search(rf"(?<![a-z]){any_of(_WITHIN)}\.?\s*", folded)
    if inside is None:
        return NO_TITLE
    word = text[inside.start() : inside.end()].strip(" .")
    return Title(word, lookup("page", "title")[fold(word)], inside.start(), inside.end())


def _misread(word: str, rest: str) -> str | None:
    """Return "" for a title that reads badly, before a name: no sex is told. None = none."""
    folded = fold(word)
    titles = (title for title in lookup("page", "title") if len(title) > 3 or title == "mme")
    is_near = any(
        title[0] == folded[0] and 0 < OSA.distance(title, folded) <= _wrong_letters(title, folded)
        for title in titles
        if title not in _NO_TITLES
    )
    return "" if is_near and word[0].isupper() and rest[:1].isupper() else None


def _wrong_letters(title: str, word: str) -> int:
    """Return how many letters of a title may be wrong: two in long ones that no given name resembles."""
    return 2 if len(title) > 7 or (len(title) > 5 and len(word) > len(title)) else 1


def take_sex(strip: Strip) -> str | None:
    """Take "Sexe : F"; None = it does not stand there."""
    match = re.search(rf"{phrase('label', 'sex')}\s*:?\s*({'|'.join(_SEX)})(?![a-z])", strip.folded)
    if match is None:
        return None
    sex = _SEX[match[1]]
    strip.take(match.start(), match.start(1))
    strip.take(*match.span(1), "sex")
    return sex


def take_birth_name(strip: Strip, start: int) -> tuple[str | None, bool]:
    """Find the name behind "née", or before "épouse", which stays among the names; blank these words.

    Returns:
        The birth name as written, None = the line calls none so; and whether it says "née".
    """
    name: str | None = None
    is_born = bool(re.search(r"(?<![a-z])nee(?![a-z])", strip.folded))
    cue = re.compile(rf"(?:{phrase('born', 'word')}|{phrase('label', 'birth_name')})\s*[:.]*\s*")
    for match in cue.finditer(strip.folded):
        strip.take(*match.span())
        end = _run(strip, match.end())
        if name is None and end is not None:
            strip.pieces.append(Piece("birth_name", match.end(), end))
            name = strip.text[match.end() : end]
    married = re.search(rf"(?:{phrase('married', 'word')})[\s.:]*(?=[^\W\d_])", strip.folded)
    if married:
        before = _only_name(strip, start, married.start()) if name is None else None
        strip.take(*married.span())
        if before:
            strip.pieces.append(Piece("birth_name", *before))
            name = strip.text[slice(*before)]
    return name, is_born


def _run(strip: Strip, start: int) -> int | None:
    """Return where the family name ends that starts here: "de la TOUR", "LE GOFF", "Perrin"; None = no name.

    Capitals go on as long as capitals follow; otherwise the first word behind the particles is the name.
    """
    left = strip.left(0, len(strip.text))
    end, capitals = None, False
    place = start
    while match := _WORD.match(left, place):
        word = match.group().rstrip(".")
        is_particle = fold(word) in words("particle", "word")
        if end is not None and not is_particle and not (capitals and word.isupper() and len(word) > 1):
            break
        if not is_particle:
            if fold(word) in words("not_name", "ends") | words("not_name", "anywhere"):
                break
            end, capitals = match.start() + len(word), word.isupper() and len(word) > 1
            if not capitals:
                break
        place = match.end()
        blanks = re.match(r" +", left[place:])
        if blanks is None:
            break
        place += blanks.end()
    return end


def _only_name(strip: Strip, start: int, end: int) -> tuple[int, int] | None:
    """Return where the family name stands between two places, if there can be no doubt which word it is."""
    first = next((match.start() for match in _WORD.finditer(strip.left(0, end), start)), None)
    if first is None:
        return None
    stop = _run(strip, first)
    behind = strip.text[stop:end].strip(" ,(") if stop is not None else ""
    if stop is None or stop > end or (behind and not strip.text[first:stop].isupper()):
        return None
    return (first, stop) if not re.search(r"[A-Z]{2}", behind) else None


def take_labels(strip: Strip) -> None:
    """Blank the words of a form: before a colon, before what was taken, and where they can be no name."""
    sections = ("names", "birth_date", "age", "address", "city", "postal_code", "phone", "ins", "sex")
    label = "|".join(phrase("label", section) for section in sections)
    blank = re.escape(BLANK)
    for match in re.finditer(rf"(?:{label})(?=\s*[:=]|[\s.]*(?:le\s*)?(?:{blank}|$))[\s:=.]*", strip.folded):
        strip.take(*match.span())
    for match in re.finditer(rf"(?:{phrase('label', 'names')})[\s:]*", strip.folded):
        strip.take(*match.span())
    for match in re.finditer(rf"(?<![a-z])(?:ne\s?\(?e?\)?|nee|le|l[ae]|a|de)\s*(?={blank})", strip.folded):
        before = strip.folded[: match.start()].rstrip(" ,")
        if strip.text[match.start()] == "A" and before and not before.endswith(BLANK):
            continue  # "Vagedel A née le ...": an initial, no "à"
        strip.take(*match.span())


def take_names(strip: Strip, start: int) -> tuple[str, ...]:
    """Return the words that may be names, from a place on, until a sentence begins; they get their pieces."""
    text = re.sub(
        r"(?<=[^\W\d_])0(?=[^\W\d_])", "O", strip.left(0, len(strip.text))
    )  # "RI0U": between letters it is one
    names: list[str] = []
    runs: list[tuple[int, int]] = []
    for match in _WORD.finditer(text, start):
        word, folded = match.group(), fold(match.group()).rstrip(".")
        if not names and len(word) < 4 and re.match(r"\d\s", text[match.end() :]):
            strip.take(match.start(), match.end() + 1)  # "Euf1": a title that reads badly
            continue
        if folded in words("not_name", "anywhere") or _is_on_digits(text, match.start(), match.end()):
            continue
        if (
            not names
            and folded in words("not_name", "ends")
            and (word.islower() or not text[: match.start()].strip())
        ):
            continue
        gap = text[runs[-1][1] : match.start()] if runs else ""
        if names and (_ends(gap, word) or folded in words("not_name", "ends") or len(names) == MOST_NAMES):
            break
        if folded in ("e", "a", "le") and word.islower() and not re.match(r" +[^\W\d_]", text[match.end() :]):
            continue
        names.append(word.rstrip(".") if len(word) > 2 else word)
        end = match.start() + len(names[-1])
        if runs and re.fullmatch(r"[ ,.()-]*", gap):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((match.start(), end))
    strip.pieces += [Piece("names", first, end) for first, end in runs]
    return tuple(names)


def _is_on_digits(text: str, start: int, end: int) -> bool:
    """Whether a word stands behind a digit, or is a short one before it: "2cp", "J12"."""
    return text[max(start - 1, 0) : start].isdigit() or (end - start < 4 and text[end : end + 1].isdigit())


def _ends(gap: str, word: str) -> bool:
    """Whether what stands between a name and a word says that the word is none."""
    if re.search(r"[;:]|\s[-–—]\s|->|=>", gap):
        return True
    return bool(re.search(rf"[,{re.escape(BLANK)}]", gap)) and word[0].islower()
