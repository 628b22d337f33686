"""The official drug database of France (BDPM): raw files in, products and rows for the formulary out."""
