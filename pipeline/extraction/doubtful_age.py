"""Whether an age that was read may be another one, as its ink has it."""

from __future__ import annotations

import numpy as np

from pipeline.domain.writing import Reading
from pipeline.ink import log_prob_in_line

LEAST_LIKELY = -6.0
"""Natural log of how far what was read may stay behind the best reading of its ink."""
LEAD = 1.5
"""Natural log of how far it must be ahead of every other age of as many digits. On the development pages and
the sample day no age that was read right falls below 2."""
OLDEST = 120


def is_doubtful_age(age: int, surface: str, reading: Reading) -> bool:
    """Tell whether the ink does not clearly say this age.

    Args:
        age: years or months, as read.
        surface: how it stands in the text, "74 ans".
        reading: of its line; without posteriors, as print has none, there is no doubt.
    """
    posteriors = reading.posteriors
    if posteriors is None or not posteriors.steps:
        return False
    digits = str(age)
    first = 10 ** (len(digits) - 1) if age >= 10 else 0
    others = [other for other in range(first, min(10 ** len(digits), OLDEST)) if other != age]
    texts = [surface.replace(digits, str(number), 1) for number in (age, *others)]
    scores = log_prob_in_line(posteriors, texts)[0]
    own, rival = float(scores[0]), float(np.max(scores[1:]))
    return own < LEAST_LIKELY or own - rival < LEAD
