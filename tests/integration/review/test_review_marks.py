"""The page's screen shows what is crossed out, signed or stamped: on the sheet and in words."""

from __future__ import annotations

import re

import pytest

SAID = {
    "fr": (
        "Signature, non lue",
        "Tampon : lu, rien n’y est prescrit",
        "Mot barré, laissé hors de la lecture",
        "Peut-être un mot barré : lu, à vérifier",
    ),
    "en": (
        "Signature, not read",
        "Stamp: read, nothing on it is prescribed",
        "Word crossed out, left out of the reading",
        "Perhaps a word crossed out: read, to check",
    ),
}
KINDS = ("signature", "stamp", "struck", "maybe-struck")


def polygons(html: str, kind: str) -> list[tuple[str, str]]:
    """Corners and title of the sheet's marks of a kind."""
    return re.findall(rf'<polygon points="([^"]+)" class="{kind}"[^>]*><title>([^<]+)</title>', html)


@pytest.mark.parametrize("language", SAID)
def test_marks_are_on_the_sheet_in_the_legend_and_read_aloud(practice, visitor, language):
    someone = visitor("trevarin")
    path = f"/pages/{practice[1]['match']}"
    someone.post("/language", {"language": language, "back": path})
    html = someone.get(path).text
    legend = re.search(r'<ul class="marks"[^>]*>(.*?)</ul>', html)
    assert legend
    for kind, text in zip(KINDS, SAID[language], strict=True):
        ((_, title),) = polygons(html, kind)
        assert title == text
        assert f'<li class="{kind}">{text}</li>' in legend[1]
        assert re.search(rf'aria-label="[^"]*\. {re.escape(text)}[".]', html)


def test_a_struck_word_is_marked_where_it_stands(practice, visitor):
    html = visitor("trevarin").get(f"/pages/{practice[1]['match']}").text
    ((points, _),) = polygons(html, "struck")
    line = re.search(r'<a href="#item-2"[^>]*><polygon points="([^"]+)"', html)
    (x0, *_, x1) = sorted(float(corner.split(",")[0]) for corner in line[1].split())
    (s0, *_, s1) = sorted(float(corner.split(",")[0]) for corner in points.split())
    assert s0 == pytest.approx(x0 + 0.45 * (x1 - x0), abs=1)
    assert s1 == pytest.approx(x0 + 0.6 * (x1 - x0), abs=1)


def test_a_card_says_that_a_word_of_its_line_is_crossed_out(practice, visitor):
    html = visitor("trevarin").get(f"/pages/{practice[1]['match']}").text
    cards = re.findall(r'<article class="item.*?</article>', html, re.DOTALL)
    assert [SAID["fr"][2] in card for card in cards] == [False, True, False, False]
    assert [SAID["fr"][3] in card for card in cards] == [False, False, True, False]


def test_a_sheet_without_marks_has_no_legend(practice, visitor):
    assert 'class="marks"' not in visitor("trevarin").get(f"/pages/{practice[1]['note']}").text
