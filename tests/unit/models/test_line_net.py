"""The trainable network is the one that is shipped; needs torch and onnx, which only training installs."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
WEIGHTS = Path(__file__).parents[3] / "models/line_reader/line_reader.onnx"


def test_weights_go_in_and_come_out_the_same(tmp_path):
    import onnxruntime

    from models.line_reader.weights import export, load

    x = np.random.default_rng(1).standard_normal((2, 3, 48, 640)).astype(np.float32)
    expected = onnxruntime.InferenceSession(str(WEIGHTS)).run(None, {"x": x})[0]
    export(load(WEIGHTS, layers=4), tmp_path / "again.onnx")
    found = onnxruntime.InferenceSession(str(tmp_path / "again.onnx")).run(None, {"x": x})[0]
    assert np.abs(expected - found).max() < 1e-5
