"""How fast scenes are solved, certified, painted and encoded, spec by spec, and which stage takes the time.

    python benchmarks/speed.py              # 256 scenes a spec
    python benchmarks/speed.py --quick      # 32
    python benchmarks/speed.py --dense      # also solve without leaving the empty places of loops out, as a ratio

Runs in one process, so that the numbers are those of one core.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.dataset.pipeline import Pipeline, open_photos
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program import running

SCENES = 256
BATCH = 32
T = TypeVar("T")


@dataclass
class Speed:
    """Seconds of each stage for ``scenes`` scenes of one spec; ``dense`` of solving with every place of loops."""

    name: str
    scenes: int = 0
    plan: float = 0.0
    solve: float = 0.0
    certify: float = 0.0
    paint: float = 0.0
    encode: float = 0.0
    dense: float = 0.0
    rate: float = 0.0
    error: str = ""

    @property
    def total(self) -> float:
        return self.solve + self.certify + self.paint + self.encode


def measure(path: Path, scenes: int, seed: int, size: int, dense: bool) -> Speed:
    """The stages of one spec, each on fresh state."""
    task = common.task(path)
    found = Speed(task.name)
    photos = open_photos(None)

    def fresh() -> Pipeline:
        return Pipeline(task.program, task.registry, seed, size, photos)

    try:
        fresh().scenes(range(4))  # glyphs and photos are read once a process
        pipeline = fresh()
        _, found.plan = _timed(lambda: pipeline.sampler)
        parts = [range(k, min(k + BATCH, scenes)) for k in range(0, scenes, BATCH)]
        made: list[Any] = []
        for part in parts:
            batch, seconds = _timed(lambda part=part: pipeline.scenes(part))
            found.solve += seconds
            made.append(batch)
        checked = pipeline.checked()
        found.rate = checked.accepted / max(checked.attempts, 1)
        for batch in made:
            found.certify += _timed(lambda batch=batch: pipeline.certify(batch))[1]
            found.paint += _timed(lambda batch=batch: pipeline.paint(batch))[1]
            both = _timed(lambda batch=batch: pipeline.samples(batch))[1]
            found.scenes += len(batch)
            found.encode += both
        found.encode = max(found.encode - found.paint, 0.0)
        if dense:
            before, running.FULL = running.FULL, 0.0
            try:
                other = fresh()
                found.dense = sum(_timed(lambda part=part: other.scenes(part))[1] for part in parts)
            finally:
                running.FULL = before
    except PgtError as error:
        found.error = str(error).split("\n")[0]
    return found


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    parser.add_argument("--scenes", type=int, help=f"scenes for each spec (default {SCENES}, quick {SCENES // 8})")
    parser.add_argument("--size", type=int, default=336)
    parser.add_argument("--dense", action="store_true", help="also solve with every place of loops")
    given = parser.parse_args(argv)
    scenes = given.scenes or (SCENES // 8 if given.quick else SCENES)
    paths = common.tasks_of(given.specs)
    measure(paths[0], 2, given.seed, given.size, False)  # imports and fonts are not what is measured
    rows, every = [], []
    for path in paths:
        found = measure(path, scenes, given.seed, given.size, given.dense)
        every.append(found)
        print(f"{len(every)}/{len(paths)} {found.name}", file=sys.stderr)
        if found.scenes:
            shares = [f"{100 * s / found.total:.0f}%" for s in (found.solve, found.certify, found.paint, found.encode)]
            ratio = [f"{found.dense / found.solve:.2f}"] if given.dense else []
            rows.append((found.name, f"{100 * found.rate:.2g}%", _rate(found, found.solve), _rate(found, found.certify),
                         _rate(found, found.paint), _rate(found, found.total), *shares, *ratio))  # fmt: skip
    head = ("per second", "yield", "solved", "certified", "painted", "samples", "solve", "certify", "paint", "encode")
    common.table(rows, (*head, "dense/sparse") if given.dense else head)
    total, count = sum(f.total for f in every), sum(f.scenes for f in every)
    parts = {name: sum(getattr(f, name) for f in every) for name in ("solve", "certify", "paint", "encode")}
    summary = f"{count:,} samples in {total:.1f} s, {count / max(total, 1e-9):.0f} a second on one core; " + ", ".join(
        f"{name} {100 * s / max(total, 1e-9):.0f}%" for name, s in parts.items()
    )
    if given.dense:
        ratio = sum(f.dense for f in every) / parts["solve"]
        summary += f"; solving every place of loops takes {ratio:.2f} times as long"
    return common.finish(summary, [f"{f.name}: {f.error}" for f in every if f.error])


def _rate(found: Speed, seconds: float) -> str:
    return f"{found.scenes / max(seconds, 1e-9):,.0f}"


if __name__ == "__main__":
    sys.exit(main())
