"""How fast the torch painter paints on a CPU, against the reference painter: one core, ratios.

    python benchmarks/painters_torch.py            # 336 and 1,024 px
    python benchmarks/painters_torch.py --quick    # a few small pictures

The painters take turns, batch by batch; medians of processor time, which others on the machine do not stretch. Both
paint the ids too. What is painted are figures of the language, and lines and curves. It shows what the portable painter
costs where there is no GPU, not how fast a GPU is: nothing here runs on one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from pgt_dsl.api import load
from pgt_dsl.paint import reference, torch_painter
from pgt_dsl.paint.backgrounds import background_pixels
from pgt_dsl.paint.scene_display import display_list
from pgt_dsl.plugins.registry import registry

SPEC = """\
task "bench/painters"
background img: plain
shape things: figure[{figures}] {{ size ~ 8vmin .. 25vmin }}
shape lines: line[2]
ask "How many figures are there?"
  answer count(things)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few small pictures, in seconds")
    parser.add_argument("--batch", type=int, help="pictures to a batch (default 32, quick 4)")
    parser.add_argument("--rounds", type=int, help="batches to a painter (default 7, quick 2)")
    options = parser.parse_args(arguments)
    batch, rounds = options.batch or (4 if options.quick else 32), options.rounds or (2 if options.quick else 7)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for size, figures in ((96, 6),) if options.quick else ((336, 6), (336, 22), (1024, 6)):
            print(measured(size, figures, batch, rounds))
    finally:
        torch.set_num_threads(threads)
    return 0


def measured(size: int, figures: int, batch: int, rounds: int) -> str:
    """One line: microseconds a picture of both painters, the ratio, and how far they are from one another."""
    task = load(SPEC.format(figures=figures))
    scenes = task.batch(seed=7, count=batch, size=size).scenes
    display = display_list(scenes, registry().kinds)
    ground = background_pixels([scene.background for scene in scenes], display.width, display.height)
    painters = {"torch": torch_painter.make(), "pillow": reference.make()}
    painted = {name: painter.paint(display, ground) for name, painter in painters.items()}
    times: dict[str, list[float]] = {name: [] for name in painters}
    for _ in range(rounds):
        for name, painter in painters.items():
            started = time.process_time()
            painter.paint(display, ground)
            times[name].append((time.process_time() - started) / batch * 1e6)
    one, other = (statistics.median(times[name]) for name in ("torch", "pillow"))
    apart = np.abs(painted["torch"].rgb.astype(int) - painted["pillow"].rgb).mean()
    return (
        f"{size:5} px, {figures + 2:2} shapes: torch {one:7.0f} us, pillow {other:7.0f} us: {other / one:5.2f} times "
        f"as fast; mean difference {apart:.3f} of 255"
    )


if __name__ == "__main__":
    sys.exit(main())
