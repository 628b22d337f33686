"""Intake: bytes as delivered become pages of pixels, or an error that a secretary understands."""
