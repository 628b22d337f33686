"""Matches what was read with what is known: drugs and patients."""
