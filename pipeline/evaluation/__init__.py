"""How a prediction compares with the truth; EVALUATION's metrics, for `reprise evaluate`."""
