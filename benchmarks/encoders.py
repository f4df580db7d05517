"""How fast pictures are encoded and how large the files are: ours against Pillow, on three kinds of pictures.

    python benchmarks/encoders.py             # 64 rounds
    python benchmarks/encoders.py --quick     # 8, small pictures

Flat pictures are painted scenes on a plain ground, gradients the same on a gradient, photos the same on shipped photos.
The encoders take turns, picture by picture, on one core; medians of processor time, which others on the machine do not
stretch. The ratios are what to look at. Every file is decoded again: without loss it has to give the same pixels.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.api import load
from pgt_dsl.dataset.encode import Encode, Encoding, by_pillow, encoder

Rgb = npt.NDArray[np.uint8]
SPEC = """\
task "bench/{name}"
background {background}
shape things: figure[6] {{ size ~ 8vmin .. 25vmin }}
ask "How many figures are there?"
  answer count(things)
"""
GROUNDS = {"flat": "plain", "gradient": "gradient", "photo": "photo"}


def pictures(name: str, count: int, size: int, seed: int) -> list[Rgb]:
    """uint8[size, size, 3] each: figures on one kind of ground."""
    text = SPEC.format(name=name, background=f"img: {GROUNDS[name]}")
    return list(load(text).batch(seed, count=count, size=size).pixels)


def rivals() -> dict[str, tuple[Encode, bool]]:
    """Each encoder, and whether it is without loss. Pillow's defaults come first in each kind of file."""
    webp = (Encoding("webp"), Encoding("webp", 90))
    ours = {str(e): e for e in (Encoding(), Encoding("jpeg", 90), *webp, Encoding("raw"))}
    made = {f"{name} ({encoder(e).name})": (encoder(e).encode, e.lossless) for name, e in ours.items()}
    found: dict[str, tuple[Encode, bool]] = {
        "Pillow PNG, default": (by_pillow("PNG"), True),
        "Pillow PNG, level 1": (by_pillow("PNG", compress_level=1), True),
        "Pillow JPEG 90, 4:2:0": (by_pillow("JPEG", quality=90), False),
        "Pillow JPEG 90, 4:4:4": (by_pillow("JPEG", quality=90, subsampling=0), False),
        "Pillow WebP, default": (by_pillow("WEBP"), False),
        "Pillow WebP, without loss": (by_pillow("WEBP", lossless=True), True),
    }
    return {**made, **found}


def measure(images: Sequence[Rgb], encoders: dict[str, tuple[Encode, bool]]) -> tuple[dict[str, Any], list[str]]:
    """Median microseconds and mean bytes of each encoder, and faults."""
    times: dict[str, list[float]] = {name: [] for name in encoders}
    sizes: dict[str, int] = dict.fromkeys(encoders, 0)
    faults = []
    for image in images:
        for name, (encode, lossless) in encoders.items():
            data, seconds = _timed(lambda encode=encode, image=image: encode(image))
            times[name].append(1e6 * seconds)
            sizes[name] += len(data)
            with Image.open(io.BytesIO(data)) as back:
                if lossless and not np.array_equal(np.asarray(back.convert("RGB")), image):
                    faults.append(f"{name}: other pixels")
    return {n: (statistics.median(times[n]), sizes[n] / len(images)) for n in encoders}, faults


def _timed(work: Callable[[], bytes]) -> tuple[bytes, float]:
    began = time.thread_time()
    data = work()
    return data, time.thread_time() - began


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    parser.add_argument("--rounds", type=int, help="pictures of each kind (default 64, quick 8)")
    parser.add_argument("--size", type=int, help="px (default 336, quick 128)")
    given = parser.parse_args(argv)
    rounds, size = given.rounds or (8 if given.quick else 64), given.size or (128 if given.quick else 336)
    encoders = rivals()
    ours = next(iter(encoders))
    rows, faults, summary = [], [], []
    for kind in GROUNDS:
        images = pictures(kind, rounds, size, given.seed)
        measure(images[:2], encoders)  # imports and tables are not what is measured
        found, wrong = measure(images, encoders)
        faults += wrong
        base, base_bytes = found["Pillow PNG, default"]
        for name, (each, size_of) in found.items():
            rows.append((f"{kind}: {name}", each, size_of / 1024, f"{base / each:.1f}", f"{size_of / base_bytes:.2f}"))
        summary.append(f"{kind} {base / found[ours][0]:.1f}x faster, {found[ours][1] / base_bytes:.2f}x the bytes")
    common.table(rows, ("encoder", "us", "KiB", "times faster than Pillow PNG", "times its bytes"))
    return common.finish(f"{ours} against Pillow PNG at {size} px: " + "; ".join(summary), faults)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sys.exit(main())
