"""Scores as a table for people."""

from __future__ import annotations

from typing import Any

from rich.table import Table

ORDER = (
    *("pages_lost", "kind_accuracy", "written_on_accuracy", "prescriber_accuracy"),
    *("patient_recall@1", "patient_recall@3", "patient_confident_share", "patient_wrong_when_confident"),
    *("med_precision", "med_recall", "med_f1", "strength_accuracy", "dose_accuracy", "frequency_accuracy"),
    *("when_accuracy", "duration_accuracy", "as_needed_accuracy", "route_accuracy", "action_accuracy"),
    *("full_line_exact", "confident_share", "silent_error_rate", "flag_recall"),
)


def as_table(scores: dict[str, Any]) -> Table:
    """Return one row a metric, one column a group of pages; each with how many it was counted over."""
    groups = scores["groups"]
    title = (
        f"pages {scores['pages']}, lost {scores['pages_lost']}, unknown {scores['pages_unknown']}, "
        f"repeated {scores['pages_repeated']}"
    )
    table = Table("metric", *groups, title=title, title_justify="left")
    for metric in dict.fromkeys([*ORDER, *sorted(groups["all"])]):
        cells = [groups[name].get(metric) for name in groups]
        if any(cells):
            table.add_row(metric, *(f"{cell['value']:.3f}  n={cell['n']}" if cell else "-" for cell in cells))
    return table
