"""What still counts of a row of decisions, each of which may take back the one before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def standing(decisions: Iterable[T], undoes: Callable[[T], bool]) -> list[T]:
    """Return the decisions that were not taken back, oldest first; the last one counts.

    Args:
        decisions: about one subject, oldest first.
        undoes: whether a decision takes back the last one that stands; with none left it does nothing.
    """
    left: list[T] = []
    for decision in decisions:
        if not undoes(decision):
            left.append(decision)
        elif left:
            left.pop()
    return left
