"""The panel shows what was read of the patient, trait by trait, each beside its own ink or code."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import update

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.identity import CODE, TraitMark
from pipeline.domain.writing import Evidence, Span
from pipeline.storage.codec import to_json
from pipeline.storage.schema import outcomes

TEXT = "Mme VAUQUELOR Odile 7/3/48"
CODE_QUAD = Quad.of_box(Box(900, 120, 1000, 220))


def saved(house, page_id, *, by_code=False, contradicted=False, marked=True):
    """Give the page's first line its traits, as the road would."""
    outcome = house.store.papers.outcome(page_id)

    def mark(trait, words):
        start = TEXT.index(words)
        (piece,) = outcome.transcript.evidence(Span(start, start + len(words)))
        return TraitMark(trait, piece)

    marks = [mark("title", "Mme"), mark("names", "VAUQUELOR Odile"), mark("birth_date", "7/3/48")]
    traits = replace(
        outcome.understanding.traits,
        text=TEXT,
        birth_date=date(1948, 3, 7),
        contradicted=contradicted,
        marks=tuple(marks) if marked else (),
    )
    if by_code:
        values = {"names": "TRESSINOT ODILE", "birth_date": "1948-03-07", "ins": "248033523804257"}
        codes = [TraitMark(name, Evidence(page_id, CODE, CODE_QUAD, value)) for name, value in values.items()]
        traits = replace(
            traits,
            names=("TRESSINOT", "ODILE"),
            written_names=("VAUQUELOR", "Odile"),
            ins=values["ins"],
            birth_name="TRESSINOT",
            by_code=True,
            marks=(*codes, replace(marks[1], trait="written_names")),
        )
    understanding = replace(outcome.understanding, traits=traits)
    row = update(outcomes).where(outcomes.c.page_id == page_id)
    with house.store._database.writing() as connection:
        connection.execute(row.values(understanding=to_json(understanding)))


def panel(page):
    return page.split('id="whose"')[1].split("</section>")[0]


def rows(page):
    found = re.findall(r"<dt>([^<]*)</dt><dd><span>([^<]*)</span>(.*?)</dd>", panel(page))
    return {label: (value, re.findall(r"traits/(\d+)\.jpg", crops)) for label, value, crops in found}


def test_every_trait_stands_beside_its_own_crop(practice, visitor):
    house, pages = practice
    saved(house, pages["match"])
    page = visitor("secretaire").get(f"/pages/{pages['match']}").text
    shown = rows(page)
    assert shown["Nom"] == ("Mme VAUQUELOR Odile", ["1"])
    assert shown["Né(e) le"] == ("07/03/1948", ["2"])
    assert 'href="#line-0"' in panel(page) and "(code)" not in panel(page)


def test_a_trait_from_a_code_is_named_so_and_the_code_is_shown_once(practice, visitor):
    house, pages = practice
    saved(house, pages["match"], by_code=True)
    page = visitor("secretaire").get(f"/pages/{pages['match']}").text
    shown = rows(page)
    assert shown["Nom de naissance et prénoms (code)"] == ("TRESSINOT ODILE", ["0"])
    assert shown["INS (code)"] == ("2 48 03 35 238 042 57", [])
    assert shown["Nom écrit à côté"] == ("Mme VAUQUELOR Odile", ["3"])
    assert panel(page).count("Code de l’étiquette") == 1


@pytest.mark.parametrize("contradicted", [False, True])
def test_two_people_on_one_page_are_said(practice, visitor, contradicted):
    house, pages = practice
    saved(house, pages["match"], by_code=True, contradicted=contradicted)
    page = visitor("secretaire").get(f"/pages/{pages['match']}").text
    assert ("Deux personnes différentes" in panel(page)) is contradicted
    # What the line itself says stays in sight, to be compared with the code.
    assert ("/lines/0.jpg" in panel(page)) is contradicted


def test_a_crop_is_as_narrow_as_its_trait_and_whoever_is_not_logged_in_sees_none(practice, visitor):
    house, pages = practice
    saved(house, pages["match"])
    path = f"/pages/{pages['match']}"
    someone = visitor("secretaire")

    def width(of):
        answer = someone.get(f"{path}/{of}.jpg")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        return np.asarray(Image.open(BytesIO(answer.content))).shape[1]

    assert width("traits/2") < width("traits/1") < width("lines/0")
    assert someone.get(f"{path}/traits/3.jpg").status_code == 404
    assert someone.get(f"{path}/traits/-1.jpg").status_code == 404
    assert visitor().get(f"{path}/traits/0.jpg").status_code in (303, 401, 403)


def test_a_line_that_gave_no_trait_is_still_shown_whole(practice, visitor):
    house, pages = practice
    saved(house, pages["match"], marked=False)
    page = visitor("secretaire").get(f"/pages/{pages['match']}").text
    assert f"/pages/{pages['match']}/lines/0.jpg" in panel(page)
    assert f'<q lang="fr">{TEXT}</q>' in panel(page) and rows(page) == {}
