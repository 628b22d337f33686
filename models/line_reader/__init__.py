"""The recogniser of handwritten lines: how it is made."""
