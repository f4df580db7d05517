"""An observer that really looks: a small network, trained on some families, that answers all of them from pixels.

    python benchmarks/prove_observers.py --cnn        # needs torch

It has one head a task; heads of families that it was not trained on are as they were drawn. What it is bad at is not
known beforehand, so a finding counts as true when the report on an independent sample, many times as large, has it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.observers import LETTERS
from pgt_dsl.api import load_all
from pgt_dsl.dataset.record import choose_style
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnosis.diagnose import Diagnosis, diagnose
from pgt_dsl.diagnosis.look import Look
from pgt_dsl.diagnosis.rows import Answers, Row
from pgt_dsl.probe.results import chance
from pgt_dsl.resources import data_path
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scoring.score import score

SPECS = Path(__file__).parent / "observer_specs"
TRAINED = (SPECS / "larger_bool.pgt", SPECS / "largest.pgt", data_path("task_specs") / "counting/all.pgt")
UNTRAINED = (SPECS / "what_colour.pgt", SPECS / "side_of_arrow.pgt", data_path("task_specs") / "angle/arrow_points.pgt")
SIZE, TRAINING, EPOCHS, LARGE = 64, 3000, 8, 1000
STYLES = {"short": 1.0, "options": 1.0}
Pixels = npt.NDArray[np.uint8]


@dataclass
class Network:
    """The network with the answers of each head."""

    trunk: Any
    heads: dict[str, Any]
    words: dict[str, list[str]]

    def says(self, task: str, pixels: Pixels) -> list[str]:
        """The answers to pictures uint8[B, H, W, 3]."""
        import torch

        with torch.no_grad():
            scores = torch.cat([self.heads[task](self.trunk(_tensor(part))) for part in np.array_split(
                pixels, max(1, len(pixels) // 250))])  # fmt: skip
        return [self.words[task][k] for k in scores.argmax(1).tolist()]


def _tensor(pixels: Pixels) -> Any:
    import torch

    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1


def tasks() -> tuple[list[Task], list[Task]]:
    """The tasks that it is trained on, and those that it is not."""
    return load_all(TRAINED), load_all(UNTRAINED)


def trained(seed: int = 0) -> Network:
    """Train it, in a minute or two of one core."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    known, unknown = tasks()
    layers: list[Any] = []
    for inner, outer in ((3, 16), (16, 32), (32, 48), (48, 64)):
        layers += [nn.Conv2d(inner, outer, 3, padding=1, bias=False), nn.BatchNorm2d(outer), nn.ReLU(), nn.MaxPool2d(2)]
    trunk = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * (SIZE // 16) ** 2, 128), nn.ReLU())
    words = {task.name: _words(task) for task in [*known, *unknown]}
    network = Network(trunk, {name: nn.Linear(128, len(found)) for name, found in words.items()}, words)
    data = {task.name: _lesson(task, words[task.name]) for task in known}
    weights = [*trunk.parameters(), *(w for task in known for w in network.heads[task.name].parameters())]
    rounds = EPOCHS * TRAINING // 100
    optimizer = torch.optim.AdamW(weights, 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=rounds)
    lots = np.random.default_rng(seed)
    for _ in range(rounds):
        loss: Any = 0.0
        for name, (pixels, right) in data.items():
            chosen = lots.integers(0, len(right), 100)
            scores = network.heads[name](trunk(_tensor(pixels[chosen])))
            loss = loss + nn.functional.cross_entropy(scores, torch.from_numpy(right[chosen]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    trunk.eval()
    return network


def _words(task: Task) -> list[str]:
    scenes = task.pipeline(99, SIZE).scenes(list(range(200)))
    return sorted({scene.asks[0].text for scene in scenes})


def _lesson(task: Task, words: list[str]) -> tuple[Pixels, npt.NDArray[np.int64]]:
    parts = [task.batch(1000, range(k, k + 500), size=SIZE) for k in range(0, TRAINING, 500)]
    right = [words.index(scene.asks[0].text) for part in parts for scene in part.scenes]
    return np.concatenate([part.pixels for part in parts]), np.array(right)


def answers(network: Network, seed: int, count: int) -> Answers:
    """What it says of ``count`` scenes of each task."""
    known, unknown = tasks()
    rows: list[Row] = []
    for task in [*known, *unknown]:
        for first in range(0, count, 500):
            batch = task.batch(seed, range(first, min(first + 500, count)), size=SIZE)
            rows += map(_row, batch.scenes, network.says(task.name, batch.pixels))
    return Answers("a small network", tuple(rows))


def _row(scene: Scene, said: str) -> Row:
    ask, key = scene.asks[0], f"{scene.task}-{scene.index}"
    style = choose_style(ask, STYLES, key)
    if style == "options":
        if said not in ask.options:  # a number that is not offered: the first option, for want of anything else
            said = ask.options[0]
        said = LETTERS[ask.options.index(said)]
    found = score(scene, said, style=style)
    return Row(key, scene, 0, style, chance(ask, style), found.right, found.parsed, found.mistake, said,
               f"{scene.task}/{scene.index}")  # fmt: skip


def judged(found: Diagnosis, large: Diagnosis) -> tuple[bool, Sequence[Look]]:
    """Whether every task that it was not trained on is named as weak, and the findings that the large sample lacks."""
    weak = {look.scope for look in found.findings if look.kind == "weak"}
    there = {(look.kind, look.scope, look.subject) for look in large.findings}
    there |= {("bias", "", subject) for kind, _, subject in there if kind == "bias"}
    shadowed = {(look.kind, look.scope, look.subject) for look in large.looks if look.behind and look.adjusted <= 0.05}
    false = [look for look in found.findings if (look.kind, look.scope, look.subject) not in there | shadowed]
    return {task.name for task in tasks()[1]} <= weak, false


def prove(seeds: int, count: int, verbose: bool) -> bool:
    """Print what came out; whether all weaknesses were named, and no more was false than chance gives."""
    from scipy.stats import binom

    network = trained()
    large = diagnose(answers(network, 5000, LARGE))
    for name, one in large.tasks.items():
        print(f"  {name:24} right in {one.rate:.1%} of {one.asked:,}")
    named = false = 0
    for seed in range(seeds):
        found = diagnose(answers(network, seed, count))
        all_named, wrong = judged(found, large)
        named += all_named
        false += bool(wrong)
        for look in found.findings if verbose else wrong:
            print(f"    {seed}: {'FALSE ' if look in wrong else ''}{look.kind} {look.says}")
    print(f"a small network: all families it was not trained on named in {named} of {seeds}; "
          f"reports with a finding that a large sample lacks: {false}")  # fmt: skip
    return named == seeds and false <= int(binom.ppf(0.99, seeds, 0.05))
