"""The line recogniser as a trainable network: the layers of PP-OCRv6 small, head cut to our characters."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    """Weigh channels by their mean over the line (Hu et al., CVPR 2018)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(width, width // 4, 1)
        self.up = nn.Conv2d(width // 4, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, width, h, w) -> the same shape."""
        scale = self.up(F.relu(self.down(x.mean((2, 3), keepdim=True))))
        return x * F.hardsigmoid(scale)


class Block(nn.Module):
    """Depthwise 3x3, optionally squeeze-excite, then two 1x1 with a GELU between and a residual around."""

    def __init__(self, width: int, out: int | None = None, *, excite: bool = False) -> None:
        super().__init__()
        stride = (1, 1) if out is None else (2, 1)
        self.mix = nn.Conv2d(width, width, 3, stride, 1, groups=width)
        self.excite = SqueezeExcite(width) if excite else None
        self.widen = nn.Conv2d(width, 2 * width, 1)
        self.narrow = nn.Conv2d(2 * width, out or width, 1)
        self.residual = out is None

    def forward(self, x: Tensor) -> Tensor:
        """(n, width, h, w) -> the same shape, or (n, out, h / 2, w)."""
        x = self.mix(x)
        if self.excite is not None:
            x = self.excite(x)
        y = self.narrow(F.gelu(self.widen(x)))
        return x + y if self.residual else y


class Stem(nn.Module):
    """From (n, 3, h, w) to (n, 96, h/4, w/4)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 48, 3, 2, 1)
        self.left = nn.Conv2d(48, 24, 2)
        self.right = nn.Conv2d(24, 48, 2)
        self.join = nn.Conv2d(96, 48, 3, 2, 1)
        self.widen = nn.Conv2d(48, 96, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, 3, h, w) -> (n, 96, h / 4, w / 4)."""
        x = F.relu(self.first(x))
        padded = F.pad(x, (0, 1, 0, 1))
        y = F.relu(self.left(padded))
        y = F.relu(self.right(F.pad(y, (0, 1, 0, 1))))
        x = torch.cat([F.max_pool2d(padded, 2, 1), y], 1)
        return F.relu(self.widen(F.relu(self.join(x))))


class Attend(nn.Module):
    """One transformer layer over the steps, norms first."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.widen = nn.Linear(width, 2 * width)
        self.narrow = nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(n, steps, width) -> the same shape."""
        n, t, c = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
        x = x + self.out(a.transpose(1, 2).reshape(n, t, c))
        return x + self.narrow(F.silu(self.widen(self.norm2(x))))


class LineNet(nn.Module):
    """(n, 3, 48, w) in [-1, 1] -> logits (n, w // 8, classes); class 0 is the CTC blank."""

    def __init__(self, classes: int, width: int = 120, layers: int = 2, heads: int = 8) -> None:
        super().__init__()
        self.stem = Stem()
        self.blocks = nn.Sequential(
            Block(96, excite=True), Block(96), Block(96), Block(96, 192),
            *(Block(192, excite=k % 2 == 0) for k in range(6)), Block(192, 384),
            Block(384, excite=True), Block(384),
        )  # fmt: skip
        self.short = nn.Conv2d(384, width, 1)
        self.enter = nn.Conv2d(384, width, 1)
        self.local = nn.Conv2d(width, width, (1, 7), 1, (0, 3), groups=width)
        self.layers = nn.ModuleList(Attend(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """(n, 3, 48, w), w a multiple of 8 -> (n, w / 8, classes)."""
        x = F.avg_pool2d(self.blocks(self.stem(x)), (3, 2))
        short = F.silu(self.short(x))
        y = F.silu(self.enter(x))
        y = y + F.silu(self.local(y))
        y = y.squeeze(2).transpose(1, 2)
        for layer in self.layers:
            y = layer(y)
        y = self.norm(y) + short.squeeze(2).transpose(1, 2)
        return self.head(y)
