"""From a transcript to what it means: items, mentions, date, prescriber, identity traits."""

RULES_VERSION = "posologie 2025.8"
