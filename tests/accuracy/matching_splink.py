"""Splink (https://moj-analytical-services.github.io/splink) over the same papers, as its guide advises.

Fields: family name (usage or birth name), birth name after "née", given name, birth date or year or age, sex,
postal code, telephone, NIR. Frequencies of names adjust exact agreement; u comes from random pairs, m from
expectation maximisation on the papers and the registry themselves, without labels; the share of pairs that
match is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from french_people.queries import Query, QuerySet
from matching_fields import Names, paper_rows, registry_rows
from matching_figures import Outcome, Run

from pipeline.domain.identity import Traits

RANDOM_PAIRS = 5e6
SEED = 1


def _comparisons() -> list[Any]:
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    alike = "jaro_winkler_similarity(family_l, {})"
    near = f"greatest({alike.format('family_r')}, {alike.format('birth_family_r')})"
    family = cl.CustomComparison(
        output_column_name="family",
        comparison_levels=[
            cll.NullLevel("family"),
            cll.ExactMatchLevel("family", term_frequency_adjustments=True),
            cll.CustomLevel("family_l = birth_family_r", "birth name"),
            cll.CustomLevel("replace(family_l, ' ', '') = replace(family_r, ' ', '')", "blanks apart"),
            cll.CustomLevel("list_contains(family_parts_r, family_l)", "half of a double name"),
            cll.CustomLevel("family_l = given_r", "swapped"),
            cll.CustomLevel(f"{near} >= 0.94", "Jaro-Winkler 0.94"),
            cll.CustomLevel(f"{near} >= 0.88", "Jaro-Winkler 0.88"),
            cll.CustomLevel(f"{near} >= 0.75", "Jaro-Winkler 0.75"),
            cll.ElseLevel(),
        ],
    )
    given = cl.CustomComparison(
        output_column_name="given",
        comparison_levels=[
            cll.NullLevel("given"),
            cll.ExactMatchLevel("given", term_frequency_adjustments=True),
            cll.CustomLevel("list_contains(givens_r, given_l)", "another given name"),
            cll.CustomLevel(
                "length(replace(given_l, ' ', '')) <= 2 and (replace(given_l, ' ', '') = left(given_r, 1)"
                " or replace(given_l, ' ', '') = given_initials_r)",
                "initials",
            ),
            cll.CustomLevel("length(given_l) >= 3 and starts_with(given_r, given_l)", "begins so"),
            cll.CustomLevel("given_l = family_r or given_l = birth_family_r", "swapped"),
            cll.JaroWinklerLevel("given", 0.92),
            cll.JaroWinklerLevel("given", 0.85),
            cll.JaroWinklerLevel("given", 0.7),
            cll.ElseLevel(),
        ],
    )
    swapped = "concat(left(dob_l, 5), substr(dob_l, 9, 2), '-', substr(dob_l, 6, 2)) = dob_r"
    birth = cl.CustomComparison(
        output_column_name="birth",
        comparison_levels=[
            cll.CustomLevel(
                "dob_r is null or (dob_l is null and born_year_l is null and born_from_l is null)", "null"
            ).configure(is_null_level=True),
            cll.CustomLevel("dob_l = dob_r", "birth date"),
            cll.CustomLevel(f"dob_l is not null and {swapped}", "day and month swapped"),
            cll.CustomLevel("dob_l is not null and damerau_levenshtein(dob_l, dob_r) <= 1", "one digit"),
            cll.CustomLevel("dob_l is not null and left(dob_l, 7) = left(dob_r, 7)", "month and year"),
            cll.CustomLevel(
                "right(dob_l, 5) = right(dob_r, 5) and abs(born_year_l - born_year_r) <= 1",
                "year near",
            ),
            cll.CustomLevel("dob_l is not null and damerau_levenshtein(dob_l, dob_r) <= 2", "two digits"),
            cll.CustomLevel("dob_l is not null", "another date"),
            cll.CustomLevel("born_year_l = born_year_r", "year"),
            cll.CustomLevel("abs(born_year_l - born_year_r) <= 1", "year by one"),
            cll.CustomLevel("born_year_l is not null", "another year"),
            cll.CustomLevel("dob_r between born_from_l and born_to_l", "age"),
            cll.CustomLevel(
                "date_diff('day', cast(dob_r as date), cast(born_from_l as date)) between 0 and 366"
                " or date_diff('day', cast(born_to_l as date), cast(dob_r as date)) between 0 and 366",
                "age by one",
            ),
            cll.ElseLevel(),
        ],
    )
    born_as = cl.CustomComparison(
        output_column_name="birth_family",
        comparison_levels=[
            cll.NullLevel("birth_family"),
            cll.ExactMatchLevel("birth_family"),
            cll.JaroWinklerLevel("birth_family", 0.88),
            cll.ElseLevel(),
        ],
    )
    return [
        family,
        given,
        birth,
        born_as,
        cl.ExactMatch("sex"),
        cl.ExactMatch("postal_code"),
        cl.DamerauLevenshteinAtThresholds("phone", [1]),
        cl.DamerauLevenshteinAtThresholds("nir", [1]),
    ]


def _blocks() -> list[Any]:
    from splink import block_on

    return [
        block_on("family"),
        "l.family = r.birth_family",
        "l.family = r.given and l.given = r.family",
        block_on("dob"),
        block_on("phone"),
        block_on("nir"),
        block_on("given", "born_year"),
        block_on("given", "substr(family, 1, 2)"),
        block_on("substr(family, 1, 4)", "substr(given, 1, 1)"),
        "substr(l.family, 1, 4) = substr(r.birth_family, 1, 4)"
        " and substr(l.given, 1, 1) = substr(r.given, 1, 1)",
        block_on("substr(family, 1, 3)", "born_year"),
        "substr(l.family, 1, 3) = substr(r.family, 1, 3) and r.dob between l.born_from and l.born_to",
        "l.given = r.given and substr(l.family, -4) = substr(r.family, -4)",
        "list_contains(r.family_parts, l.family) and l.family != r.family",
    ]


def splink_on(papers: QuerySet, traits_of: Callable[[Query], Traits], *, name: str) -> Run:
    """Train Splink on a set without its truth and return its ranking; nothing is decided yet."""
    import pandas
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    patients = papers.people.patients
    traits = [traits_of(query) for query in papers.queries]
    columns = pandas.DataFrame
    left = columns(paper_rows(papers.queries, traits, Names(patients)))
    right = columns(registry_rows(patients))
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=_blocks(),
        probability_two_random_records_match=0.95 / len(patients),
    )
    linker = Linker([left, right], settings, DuckDBAPI(), input_table_aliases=["a_papers", "b_registry"])
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for rule in (block_on("dob"), block_on("family", "given"), block_on("given", "substr(family, 1, 3)")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    began = time.process_time()
    found = linker.inference.predict(threshold_match_weight=-30).as_pandas_dataframe()
    spent = 1000 * (time.process_time() - began) / len(papers.queries)
    best = best_three(found, key="unique_id")
    outcomes = tuple(
        outcome(best, query.id, query.patient_id, query.errors, query.about, query.paper.says)
        for query in papers.queries
    )
    return Run(name, outcomes, spent)


def outcome(
    best: dict[str, list[tuple[float, float, str]]],
    query: str,
    truth: str | None,
    errors: tuple[str, ...] = (),
    about: str = "",
    says: str = "",
) -> Outcome:
    """Return a query's ranking, undecided: the answer is "ask" until a threshold is chosen."""
    ranked = best.get(query, [])
    first = ranked[0] if ranked else (float("-inf"), 0.0, "")
    lead = first[0] - ranked[1][0] if len(ranked) > 1 else 99.0
    ids = tuple(row[2] for row in ranked)
    return Outcome(query, truth, "ask", ids, first[1], errors, about, says, lead, first[0])


def best_three(found: Any, *, key: str) -> dict[str, list[tuple[float, float, str]]]:
    """Return (weight, probability, id) of the three likeliest by query, of the table that Splink predicts."""
    best: dict[str, list[tuple[float, float, str]]] = {}
    columns = (f"{key}_l", f"{key}_r", "match_weight", "match_probability")
    for query, patient, weight, probability in zip(*(found[name] for name in columns), strict=True):
        best.setdefault(query, []).append((weight, probability, patient))
    return {query: sorted(rows, key=lambda row: (-row[0], row[2]))[:3] for query, rows in best.items()}
