"""Weights between ONNX and the trainable network, layer by layer in the order of the graph."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

from models.line_reader.net import LineNet

WIDTH = 120
ARRAYS_A_LAYER = 12


def arrays_of(path: Path) -> list[NDArray[np.float32]]:
    """Return kernels, matrices, norms and biases of a PP-OCRv6 small recogniser in graph order.

    Raises:
        StopIteration: a layer has no bias; the graph is another network's.
    """
    graph = onnx.load(str(path)).graph
    known: dict[str, Any] = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    users: dict[str, list[Any]] = {}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in known:
            known[node.output[0]] = known[node.input[0]]
        for name in node.input:
            users.setdefault(name, []).append(node)

    def constant(names: Any) -> Any:
        return next(known[name] for name in names if name in known)

    found: list[Any] = []
    for node in graph.node:
        if node.op_type == "Conv":
            found.append(known[node.input[1]])
            apart = len(node.input) < 3
            bias = constant(users[node.output[0]][0].input) if apart else known[node.input[2]]
            found.append(bias.reshape(-1))
        elif node.op_type == "MatMul" and node.input[1] in known:
            found += [known[node.input[1]].T, constant(users[node.output[0]][0].input)]
        elif node.op_type == "LayerNormalization":
            found += [known[node.input[1]], known[node.input[2]]]
        elif node.op_type == "Mul" and any(known.get(n, np.empty(0)).shape == (WIDTH,) for n in node.input):
            found += [constant(node.input), constant(users[node.output[0]][0].input)]
    return found


def parameters_of(net: LineNet, *, layers: int) -> list[nn.Parameter]:
    """Return the parameters in graph order, of the first `layers` attention layers only."""
    parts: list[Any] = [net.stem.first, net.stem.left, net.stem.right, net.stem.join, net.stem.widen]
    for block in net.blocks:
        inner = block.excite
        parts += [
            block.mix,
            *((inner.down, inner.up) if inner is not None else ()),
            block.widen,
            block.narrow,
        ]
    parts += [net.short, net.enter, net.local]
    for layer in list(net.layers)[:layers]:
        parts += [layer.norm1, layer.qkv, layer.out, layer.norm2, layer.widen, layer.narrow]
    parts += [net.norm, net.head]
    return [value for part in parts for value in (part.weight, part.bias)]


def load(path: Path, *, layers: int = 2) -> LineNet:
    """Return the network with the weights of an ONNX file.

    Args:
        path: a PP-OCRv6 small recogniser, or what `export` wrote.
        layers: attention layers; those beyond the file's own begin as nothing: they pass on what they get.

    Raises:
        ValueError: the file holds another network.
    """
    arrays = arrays_of(path)
    alone = len(parameters_of(LineNet(2, width=WIDTH, layers=0), layers=0))
    own = (len(arrays) - alone) // ARRAYS_A_LAYER
    net = LineNet(classes=arrays[-1].shape[0], width=WIDTH, layers=max(layers, own))
    chosen = parameters_of(net, layers=own)
    if [tuple(value.shape) for value in chosen] != [array.shape for array in arrays]:
        raise ValueError(f"{path.name} is no PP-OCRv6 small recogniser")
    with torch.no_grad():
        for value, array in zip(chosen, arrays, strict=True):
            value.copy_(torch.from_numpy(array.copy()))
        for layer in list(net.layers)[own:]:
            for part in (layer.out, layer.narrow):
                part.weight.zero_()
                part.bias.zero_()
    return net


class Probabilities(nn.Module):
    """The network as it is shipped: probabilities instead of logits."""

    def __init__(self, net: LineNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 3, 48, w) in [-1, 1] -> (n, w // 8, classes), each step sums to 1."""
        return self.net(x).softmax(-1)


def export(net: LineNet, path: Path) -> None:
    """Write the network as ONNX, free in batch and width."""
    sample = torch.zeros(1, 3, 48, 320)
    axes = {"x": {0: "n", 3: "w"}, "p": {0: "n", 1: "t"}}
    torch.onnx.export(
        Probabilities(net.eval()), (sample,), str(path), input_names=["x"], output_names=["p"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip


def blended(trained: dict[str, torch.Tensor], start: LineNet, share: float) -> dict[str, torch.Tensor]:
    """Return weights between those a training began with and those it ended with.

    What was fine-tuned keeps more of what the start could do than its end alone (Wortsman et al., "Robust
    fine-tuning of zero-shot models", CVPR 2022). Layers that the start had not are scaled where they speak,
    so that a share of 0 is the start itself.

    Args:
        trained: the state of a `LineNet`.
        start: the same network with the weights of the start, added layers silent.
        share: of the trained weights, 0-1.
    """
    return {name: torch.lerp(value, trained[name], share) for name, value in start.state_dict().items()}


def main() -> None:
    """Export a checkpoint's averaged weights, blended with those the training began with."""
    parser = argparse.ArgumentParser(description="CHECKPOINT.pt -> WEIGHTS.onnx")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, help="ONNX weights that the training began with")
    parser.add_argument("--share", type=float, default=1.0, help="of the trained weights, 0-1")
    options = parser.parse_args()
    state = torch.load(options.checkpoint, map_location="cpu")
    weights, layers = state["average"], state["layers"]
    if options.start:
        weights = blended(weights, load(options.start, layers=layers), options.share)
    net = LineNet(classes=weights["head.bias"].shape[0], width=WIDTH, layers=layers)
    net.load_state_dict(weights)
    export(net, options.out)


if __name__ == "__main__":
    main()
