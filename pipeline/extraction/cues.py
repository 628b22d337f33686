"""Whether a line can hold a cue of edsnlp's qualifiers: asked first, for loading them takes seconds."""

from __future__ import annotations

import re
from functools import cache

from pipeline.extraction.tables import fold, rules

_SIGN = re.compile(r"[?]|:\s*0")  # "fièvre ?", "toux : 0"
_PLAIN = "°’µ²³×½¼¾«»–—…€œæŒÆ"  # beyond ASCII, and no part of a cue that folding would hide


@cache
def _cue() -> re.Pattern[str]:
    table = rules("qualifiers")["cue"]
    letters = "[^\\W\\d_]"
    whole = "|".join(map(re.escape, table["words"]))
    starts = "|".join(map(re.escape, table["starts"]))
    ends = "|".join(map(re.escape, table["ends"]))
    inner = f"(?:(?:{whole})|(?:{starts}){letters}*|{letters}*(?:{ends}))"
    return re.compile(f"(?<!{letters}){inner}(?!{letters})")


def may_hold_a_cue(text: str) -> bool:
    """Return False only where edsnlp's qualifiers would leave every span of the line as affirmed.

    Args:
        text: one line, as read. Strange characters count as a cue: what they hide is not known here.
    """
    folded = fold(text)
    strange = any(not char.isascii() and char not in _PLAIN for char in folded)
    return strange or bool(_SIGN.search(text) or _cue().search(folded))
