"""Invented French people and the papers about them: a registry, identity lines with errors, and the truth."""
