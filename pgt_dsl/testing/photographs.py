"""Two made-up photographs of noise with maps of depth, on which functions on photos are tried."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgt_dsl.photos.catalog import PhotoCatalog

_folders: list[TemporaryDirectory[str]] = []  # gone when the process ends


@lru_cache(maxsize=1)
def photographs() -> PhotoCatalog:
    """The catalogue of the two; their folder lives as long as the process."""
    import numpy as np
    from PIL import Image

    from pgt_dsl.photos.folder import open_folder

    _folders.append(TemporaryDirectory(prefix="pgt-photographs-"))
    folder = Path(_folders[-1].name)
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:96, :96]
    for k, (height, width) in enumerate(((192, 192), (160, 240))):
        Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8)).save(folder / f"{k}.png")
        steps = 2000 + 15 * x + 9 * (k + 1) * y + 3000 * (np.hypot(x - 50, y - 40) < 20)
        np.save(folder / f"{k}.depth.npy", steps[: 96 * height // width].astype(np.uint16))
    (folder / "depth.toml").write_text('kind = "metric"\nscale = 0.001\n', "utf-8")
    return open_folder(folder)
