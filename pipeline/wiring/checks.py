"""What the flags rest on, as the practice's files say; read again once one of them changed."""

from __future__ import annotations

from pathlib import Path

from pipeline.proposing.checks import Checks, switched_off
from pipeline.proposing.thesaurus_files import load
from pipeline.settings import Settings


class PracticeChecks:
    """The imported thesaurus and the practice's switches, kept until their files change."""

    def __init__(self, settings: Settings) -> None:
        self._files = (settings.interactions_file, settings.rules_file)
        self._known: tuple[tuple[int, ...], Checks] | None = None

    def __call__(self) -> Checks:
        """Return them as the files are now.

        Raises:
            BadInteractions: the imported thesaurus is damaged.
            BadRules: the switches cannot be read.
        """
        stamp = tuple(_stamp(path) for path in self._files)
        if self._known is None or self._known[0] != stamp:
            interactions, rules = self._files
            self._known = (stamp, Checks(load(interactions), switched_off(rules)))
        return self._known[1]


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0
