"""Train the line recogniser on real and drawn lines, on a CPU or a GPU; can be stopped and resumed.

python -m models.line_reader.train --start START.onnx --data ../shared/data/handwriting --fonts FONTS \
        --gaps gaps.json --work WORK --lines 80000
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.line_reader.lines import Mix, RealLines, stacked
from models.line_reader.phrases import Phrases
from models.line_reader.weights import load
from models.line_reader.writing import Fonts

WARM_UP = 0.03
LAST = 0.02


class Batches(torch.utils.data.IterableDataset):
    """The mix as tensors, made in a process of its own."""

    def __init__(self, options: argparse.Namespace, characters: str, seed: int) -> None:
        self.options, self.characters, self.seed = options, characters, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
        import cv2

        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        o = self.options
        worker = torch.utils.data.get_worker_info()
        seed = self.seed + 1000 * (worker.id if worker else 0)
        real = RealLines(o.data / "labels.tsv", split="train", vocabulary=self.characters, cuts=o.gaps)
        french = [text for source in ("copiste", "copiste", "peraire") for text in real.texts(source)]
        mix = Mix(
            real,
            Fonts(o.fonts, self.characters),
            Phrases(french),
            seed=seed,
            drawn=o.drawn,
            vocabulary=self.characters,
        )
        classes = {c: n for n, c in enumerate(self.characters, 1)}
        for batch in mix.batches(pixels=o.pixels):
            images, labels, lengths, steps = stacked(batch, classes)
            yield (
                torch.from_numpy(images),
                torch.from_numpy(labels),
                torch.tensor(lengths),
                torch.tensor(steps),
            )


def rate(done: float, *, peak: float) -> float:
    """Return the learning rate after a share of the training, 0-1: short warm-up, then a cosine."""
    if done < WARM_UP:
        return peak * (0.05 + 0.95 * done / WARM_UP)
    turn = (done - WARM_UP) / (1 - WARM_UP)
    return peak * (LAST + (1 - LAST) * 0.5 * (1 + math.cos(math.pi * min(1.0, turn))))


def loss_of(net: nn.Module, batch: tuple[Tensor, ...], device: str) -> Tensor:
    """Return the mean CTC loss a character of a batch."""
    images, labels, lengths, steps = batch
    x = images.to(device)[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
    with torch.autocast(device, torch.bfloat16):
        logits = net(x)
    logs = logits.float().log_softmax(-1).transpose(0, 1)
    each = F.ctc_loss(logs, labels.to(device), steps, lengths, reduction="none", zero_infinity=True)
    return (each / lengths.to(device)).mean()


class Average:
    """A running mean of the weights; what is kept in the end."""

    def __init__(self, net: nn.Module, decay: float = 0.998) -> None:
        self.decay = decay
        self.weights = {name: value.detach().clone() for name, value in net.state_dict().items()}
        self.steps = 0

    def update(self, net: nn.Module) -> None:
        """Take in the weights as they are now."""
        self.steps += 1
        keep = min(self.decay, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for name, value in net.state_dict().items():
                self.weights[name].lerp_(value, 1 - keep)


def main() -> None:
    """Train, print the loss as it goes, keep a checkpoint every few minutes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--start", required=True, type=Path, help="ONNX weights to start from")
    parser.add_argument(
        "--vocabulary", required=True, type=Path, help="JSON list of the characters of its classes"
    )
    parser.add_argument("--data", required=True, type=Path, help="folder with labels.tsv")
    parser.add_argument("--fonts", required=True, type=Path)
    parser.add_argument("--gaps", type=Path, help="from gaps.py; without it lines are not cut")
    parser.add_argument(
        "--work", required=True, type=Path, help="checkpoints and log; resumes where it stands"
    )
    parser.add_argument("--lines", type=int, default=80_000)
    parser.add_argument("--peak", type=float, default=4e-4)
    parser.add_argument("--drawn", type=float, default=0.45)
    parser.add_argument("--pixels", type=int, default=16_384, help="columns of a batch")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    characters = "".join(c for c in json.loads(options.vocabulary.read_text(encoding="utf-8")) if c)
    torch.manual_seed(options.seed)
    torch.set_num_threads(os.cpu_count() or 1)
    net = load(options.start, layers=options.layers).to(device).to(memory_format=torch.channels_last)
    average = Average(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.peak, weight_decay=0.01, fused=True)
    seen = 0
    saved = options.work / "checkpoint.pt"
    if saved.exists():
        state = torch.load(saved, map_location=device)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        average.weights, average.steps, seen = state["average"], state["steps"], state["seen"]
    source = Batches(options, characters, options.seed + seen)
    batches = iter(torch.utils.data.DataLoader(source, batch_size=None, num_workers=1, prefetch_factor=12))
    began, first, running, kept = time.time(), seen, 0.0, time.time()
    with (options.work / "log.tsv").open("a", encoding="utf-8") as log:
        while seen < options.lines:
            budget = options.work / "lines"  # a file with a number shortens or lengthens a training that runs
            if budget.exists():
                options.lines = int(budget.read_text())
            for group in optimiser.param_groups:
                group["lr"] = rate(seen / options.lines, peak=options.peak)
            batch = next(batches)
            loss = loss_of(net, batch, device)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            average.update(net)
            seen += len(batch[0])
            running = 0.98 * running + 0.02 * loss.item() if running else loss.item()
            if average.steps % 50 == 0:
                speed = (seen - first) / (time.time() - began)
                text = f"{seen}\t{running:.4f}\t{optimiser.param_groups[0]['lr']:.2e}\t{speed:.1f} lines/s"
                print(text, flush=True)
                log.write(text + "\n")
                log.flush()
            if time.time() - kept > 240 or seen >= options.lines:
                kept = time.time()
                state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "seen": seen}
                state |= {"average": average.weights, "steps": average.steps, "layers": options.layers}
                torch.save(state, saved.with_suffix(".new"))
                saved.with_suffix(".new").replace(saved)


if __name__ == "__main__":
    main()
