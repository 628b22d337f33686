"""Traits never say a digit that the text lacks, nor mark ink outside their line; nothing crashes them."""

from __future__ import annotations

import random
import re
import sys
from datetime import date
from pathlib import Path
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.identifiers import is_nir
from pipeline.domain.identity import Traits
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine, Transcript
from pipeline.extraction.identity import identity_line, traits_of_text
from pipeline.extraction.identity_code import traits_of_code
from pipeline.extraction.lines import Role, roles_of
from pipeline.extraction.patient import patient_traits

sys.path.insert(0, str(Path(__file__).parent))
from garbling import garbled

WINDOW = (date(2025, 11, 10), date(2025, 11, 14))
SLOWEST = 0.5
LINES = (
    "Mme LE GOFFIC née Perrinot Anne-Lise née le 10/04/62 tél 06 39 98 12 34",
    "Nom : DURANDEL Prénom : Anne DDN : 03/05/1957 Sexe : F",
    "M. D'ANGELO Paul 12 bis av. de la Gare 35997 SAINT-AUBRIN SUR VAIVE",
    "Enfant Petitot Zoé 18 mois mère : Mme Petitot 06 39 98 12 34",
    "Petitot Jean 1 85 04 75 116 001 43 né le 1er janv. 1985",
    "Concerne : Mme MARTINOT Anne épouse DURANDEL, âgée de 71 ans (1954)",
    "12/11/25 pour Mme Kergoatel veuve RIOUAL +33 6 39 98 12 34",
    "son fils Paul 12 ans, 4 rue du Lavoir",
)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def assert_said(text: str, traits: Traits) -> None:
    """Every digit of every trait stands in the text, in this order; a birth date's parts do, too."""
    shown = digits(text)
    for number in (traits.phone and traits.phone[1:], traits.ins and digits(traits.ins), traits.postal_code):
        assert not number or number in shown, (text, number)
    for number in (traits.age, traits.age_months, traits.birth_year):
        assert number is None or str(number) in text, (text, number)
    assert not traits.address or traits.address in text
    if traits.birth_date:
        day = traits.birth_date
        assert f"{day.year % 100:02d}" in shown and str(day.day) in shown, text
    if traits.ins and len(traits.ins) == 15:
        assert is_nir(traits.ins)
    for name in traits.names:
        assert not re.search(r"\d", name) and name.replace("O", "").replace("0", "") in text.replace(
            "O", ""
        ).replace("0", "")


def test_five_thousand_garbled_identity_lines() -> None:
    chance = random.Random(20251110)
    for _ in range(5_000):
        text = garbled(chance.choice(LINES), chance.choice(LINES), chance)
        started = process_time()
        line = identity_line(text, WINDOW)
        assert process_time() - started < SLOWEST, text
        assert_said(text, line.traits)
        assert all(0 <= piece.start < piece.end <= len(text) for piece in line.pieces), text


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_is_survived(text: str) -> None:
    assert_said(text, traits_of_text(text))
    traits_of_code(text)


@given(st.text(alphabet="IS0123456789S\x1dABM-.\n ", max_size=120))
@settings(max_examples=300, deadline=None)
def test_a_code_never_gives_a_number_with_a_wrong_key(text: str) -> None:
    found = traits_of_code("IS01" + text)
    assert found is None or found.ins is None or is_nir(found.ins)


@given(
    st.lists(st.sampled_from((*LINES, "Ramipril 5 mg", "QSP 3 mois", "Dr Ruisseau", "45 ans")), max_size=6),
    st.randoms(),
)
@settings(max_examples=200, deadline=None)
def test_marks_lie_inside_their_line_and_say_what_stands_there(
    texts: list[str], chance: random.Random
) -> None:
    texts = [garbled(text, "Mme Petitot", chance) if chance.random() < 0.5 else text for text in texts]
    lines = []
    for order, text in enumerate(texts):
        quad = Quad.of_box(Box(50, 50 + 90 * order, 1050, 110 + 90 * order))
        places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
        lines.append(ReadLine(Line("p", order, quad, Stroke.HAND), Reading(text, 1.0, "test", places)))
    page = Transcript(tuple(lines))
    roles = roles_of(page.lines, window=WINDOW)
    traits = patient_traits(page, roles, layout=None, window=WINDOW, on=None)
    for mark in traits.marks:
        ink = mark.evidence
        box, whole = ink.quad.box, page.lines[ink.line_order].line.quad.box
        assert whole.x0 <= box.x0 <= box.x1 <= whole.x1 and (box.y0, box.y1) == (whole.y0, whole.y1)
        assert ink.text in texts[ink.line_order]
        assert roles[ink.line_order] is Role.PATIENT
        assert mark.trait == "names" or getattr(traits, mark.trait) is not None
