"""Both languages are complete, and no screen says a word that is not in them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

import pipeline.review
from pipeline.review.words import LANGUAGES, Words, table

ROOM = Path(pipeline.review.__file__).parent
TEMPLATES = sorted((ROOM / "templates").glob("*.html"))
# Names, not words: they are the same in every language.
NAMES = {"Reprise"}
SPOKEN = ("aria-label", "alt", "title", "placeholder")


def fields(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_the_languages_have_the_same_keys():
    assert table("fr").keys() == table("en").keys()


@pytest.mark.parametrize("key", sorted(table("fr")))
def test_the_languages_name_the_same_values(key):
    assert fields(table("fr")[key]) == fields(table("en")[key])
    assert table("fr")[key].strip() and table("en")[key].strip()


def test_only_words_that_both_languages_share_are_left_untranslated():
    same = {key for key in table("fr") if table("fr")[key] == table("en")[key]}
    shared = {"Export", "Urgent", "Dose", "Substitution", "Note", "minute", "minutes", "({source})"}
    shared |= {"administration", "page {n}"}
    assert {table("fr")[key] for key in same} <= shared


def without_code(text):
    # The block that names the body's CSS classes.
    text = re.sub(r"\{% block place %\}.*?\{% endblock %\}", " ", text)
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_by_itself(path):
    html = without_code(path.read_text())
    visible = re.sub(r"<[^>]*>", " ", html)
    words = set(re.findall(r"[^\W\d_]{2,}", visible)) - NAMES
    assert not words
    for name in SPOKEN:
        for value in re.findall(rf'\b{name}="([^"]*)"', html):
            assert not re.search(r"[^\W\d_]", value), (name, value)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_what_the_content_policy_forbids(path):
    text = path.read_text()
    assert not re.search(r"<style|\bstyle=|<script(?! src=)|\bon[a-z]+=|hx-on|https?://", text)


def test_every_key_that_is_asked_for_exists():
    known = set(table("fr"))
    asked = set()
    for path in [*TEMPLATES, *ROOM.rglob("*.py")]:
        text = path.read_text()
        asked |= set(re.findall(r'(?:\bt|words|visit\.words)\("([a-z_]+\.[a-z_0-9.]+)"[,)]', text))
        asked |= {f"{key}.one" for key in re.findall(r'\.count\("([a-z_.]+)"', text)}
    assert asked - known == set()


def test_dates_read_as_people_write_them():
    assert Words("fr").day(date(2025, 11, 12)) == "12/11/2025"
    assert Words("en").day(date(2025, 11, 12)) == "12 November 2025"
    assert Words("fr").day(None) == "date non lue"


def test_times_are_those_of_paris():
    moment = datetime(2025, 11, 12, 23, 5, tzinfo=UTC)
    assert Words("fr").moment(moment) == "13/11/2025 à 0 h 05"
    assert Words("en").moment(moment) == "13 November 2025 at 00:05"


def test_zero_is_singular_in_french_only():
    assert Words("fr").count("queue.to_decide", 0) == "0 ligne à décider"
    assert Words("en").count("queue.to_decide", 0) == "0 lines to decide"


@pytest.mark.parametrize(("share", "shown"), [(0.999, ">99%"), (0.31, "31%"), (0.001, "<1%"), (1.0, ">99%")])
def test_nothing_is_ever_called_certain(share, shown):
    assert Words("en").share(share) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_from_another_room_that_is_new_still_says_something(language):
    assert Words(language).known("reason", "moon.full", "reason.other") == table(language)["reason.other"]


def test_every_reason_that_matching_gives_has_words():
    weights = Path(pipeline.review.__file__).parents[1] / "matching" / "patient_weights.toml"
    keys = re.findall(r"^\[([a-z_]+\.[a-z_]+)\]", weights.read_text(), flags=re.M)
    assert len(keys) > 20
    assert {key for key in keys if f"reason.{key}" not in table("fr")} == set()


def test_the_sources_of_warnings_are_words_and_names_stay_names():
    room = Path(pipeline.review.__file__).parents[1] / "proposing"
    texts = [path.read_text() for path in (*room.glob("*.py"), room / "tables" / "rules.toml")]
    keys = {key for text in texts for key in re.findall(r'source ?= ?"(\w+)"', text)}
    assert keys >= {"record", "reading"}
    assert keys == {key.removeprefix("source.") for key in table("fr") if key.startswith("source.")}
    assert Words("fr").named("source", "record") == "dossier"
    assert Words("fr").named("source", "BDPM 03/11/2026") == "BDPM 03/11/2026"
