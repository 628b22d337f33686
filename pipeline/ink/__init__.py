"""What the ink says: P(text | ink) of any candidates, from the posteriors that a reader keeps of a line."""

from pipeline.ink.folding import folded, folded_text
from pipeline.ink.paths import IMPOSSIBLE, MISSING_SPACE
from pipeline.ink.posteriors import FLOOR, pack, unpack
from pipeline.ink.scores import align, best_variant, log_prob, log_prob_in_line, normalised
from pipeline.ink.tree import PrefixTree

__all__ = [
    "FLOOR",
    "IMPOSSIBLE",
    "MISSING_SPACE",
    "PrefixTree",
    "align",
    "best_variant",
    "folded",
    "folded_text",
    "log_prob",
    "log_prob_in_line",
    "normalised",
    "pack",
    "unpack",
]
