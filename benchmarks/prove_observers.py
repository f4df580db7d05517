"""Observers with a known weakness: the report names each, and claims no other.

    python benchmarks/prove_observers.py                  # 20 seeds: other scenes and other chance each time
    python benchmarks/prove_observers.py --seeds 3 --count 80
    python benchmarks/prove_observers.py --cnn            # a small network that really looks; needs torch

Prints, for each observer, in how many reports its weakness was named, the findings that follow from it, and those that
are false. The exit status is 1 when a weakness was not named in a report, or when more reports have false findings than
the family-wise error of 5 % allows (with 99 %).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

import numpy as np

from benchmarks.observers import OBSERVERS, Observer, reply
from pgt_dsl.api import load_all
from pgt_dsl.dataset.record import choose_style
from pgt_dsl.diagnosis.diagnose import Diagnosis, diagnose
from pgt_dsl.diagnosis.look import ALPHA, Look
from pgt_dsl.diagnosis.rows import Answers, Row
from pgt_dsl.probe.results import chance
from pgt_dsl.resources import data_path
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scoring.score import score

SPECS = Path(__file__).parent / "observer_specs"
SHIPPED = ("counting/all", "spatial/left_of", "twins/larger_swapped", "angle/arrow_points")
STYLES = {"short": 1.0, "options": 1.0}
SIZE = 96


def scenes(seed: int, count: int) -> list[Scene]:
    """``count`` scenes of each task (of twins both)."""
    paths = [*sorted(SPECS.glob("*.pgt")), *(data_path("task_specs") / f"{name}.pgt" for name in SHIPPED)]
    found: list[Scene] = []
    for task in load_all(paths):
        found += task.pipeline(seed, SIZE).scenes(list(range(count)))
    return found


def observed(observer: Observer, seen: Sequence[Scene], seed: int) -> Answers:
    """The scored answers of an observer to all questions."""
    rng = np.random.default_rng([seed, *observer.name.encode()])
    return Answers(observer.name, tuple(_rows(observer, seen, rng)))


def _rows(observer: Observer, seen: Sequence[Scene], rng: np.random.Generator) -> Iterator[Row]:
    for scene in seen:
        key = f"{scene.task}-{scene.index}-{scene.twin}"
        for number, ask in enumerate(scene.asks):
            style = choose_style(ask, STYLES, f"{key}/{number}")
            text = reply(observer, scene, ask, style, rng)
            found = score(scene, text, ask=number, style=style)
            yield Row(f"{key}/{number}", scene, number, style, chance(ask, style), found.right, found.parsed,
                      found.mistake, text, scene.twin_of or f"{scene.task}/{scene.index}")  # fmt: skip


@dataclass
class Count:
    """Over reports: how many named the weakness, what else is true, and what is false."""

    named: int = 0
    false: int = 0
    true: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def add(self, observer: Observer, found: Diagnosis) -> None:
        """Judge a report."""
        right = [look for look in found.findings if observer.names(look)]
        also = [look for look in found.findings if look not in right and observer.allows(look)]
        others = [look for look in found.findings if look not in right and look not in also]
        self.named += bool(right)
        self.false += bool(others)
        self.true.update(f"{_short(look)}" for look in [*right, *also])
        self.wrong.update(_short(look) for look in others)


def _short(look: Look) -> str:
    return f"{look.kind} {look.scope or 'everywhere'}: {look.subject}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=160)
    parser.add_argument("--verbose", "-v", action="store_true")
    parser.add_argument("--cnn", action="store_true", help="the network alone, which needs torch")
    given = parser.parse_args(arguments)
    if given.cnn:
        from benchmarks.observer_cnn import prove

        return int(not prove(given.seeds, given.count, given.verbose))
    counts = {observer.name: Count() for observer in OBSERVERS}
    before = time.process_time()
    questions = 0
    for seed in range(given.first, given.first + given.seeds):
        seen = scenes(seed, given.count)
        questions += sum(len(scene.asks) for scene in seen)
        for observer in OBSERVERS:
            counts[observer.name].add(observer, diagnose(observed(observer, seen, seed)))
    print(f"{given.seeds} seeds, {questions // given.seeds:,} questions each; "
          f"{time.process_time() - before:.0f} s of processor time")  # fmt: skip
    return _told(counts, given.seeds, given.verbose)


def _told(counts: dict[str, Count], seeds: int, verbose: bool) -> int:
    from scipy.stats import binom

    most = int(binom.ppf(0.99, seeds * len(counts), ALPHA))
    missed = 0
    for observer in OBSERVERS:
        count = counts[observer.name]
        named = "" if observer.names.__name__ == "never" else f"named in {count.named} of {seeds}"
        missed += bool(named) and count.named < seeds
        print(f"{observer.name:28} {named:20} reports with a false finding: {count.false}")
        for text, n in count.true.most_common() if verbose else ():
            print(f"    {n:3} {text}")
        for text, n in count.wrong.most_common():
            print(f"    {n:3} FALSE {text}")
    false = sum(count.false for count in counts.values())
    print(f"{false} of {seeds * len(counts)} reports with a false finding; {ALPHA:.0%} of them would be "
          f"{ALPHA * seeds * len(counts):.0f}, and up to {most} are chance")  # fmt: skip
    return int(missed > 0 or false > most)


if __name__ == "__main__":
    sys.exit(main())
