"""The triton painter: torch finds the boundaries of the areas on the device, one kernel does the rest, tile by tile.

It needs CUDA, or triton's interpreter (``TRITON_INTERPRET=1``, set before triton is imported), which is slow and shows
that the kernel is right.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.paint.display import DisplayList
from pgt_dsl.paint.on_device import DeviceRenderer
from pgt_dsl.paint.pool import Pool, pool
from pgt_dsl.paint.torch_layers import Layers, areas, layers
from pgt_dsl.paint.torch_sides import sides
from pgt_dsl.paint.torch_spans import Boundaries, boundaries


def make() -> TritonRenderer:
    """The renderer on the first CUDA device, or on the CPU under triton's interpreter. Raises ``PgtError``."""
    return TritonRenderer()


def interpreted() -> bool:
    """Whether triton's interpreter is asked for."""
    return os.environ.get("TRITON_INTERPRET", "0") == "1"


class TritonRenderer(DeviceRenderer):
    """Paints with a kernel of triton, in and out of numpy; ``paint_on`` keeps tensors on the device."""

    name = "triton"

    def __init__(self, device: str | torch.device | None = None, tile: tuple[int, int] | None = None) -> None:
        """``device``: a CUDA device, by default the current one. ``tile``: rows and columns, powers of 2; it does not
        change the pixels. Raises ``PgtError`` when there is no such device."""
        self.tile = tile
        self.device = torch.device(device or ("cpu" if interpreted() else "cuda"))
        if not interpreted() and (self.device.type != "cuda" or not torch.cuda.is_available()):
            raise PgtError(
                "the renderer `triton` needs a CUDA device, and torch finds none here; use `torch`, `numba` or `pillow`"
            )

    def paint_on(self, display: DisplayList, backgrounds: Tensor, ids: bool = True) -> tuple[Tensor, Tensor | None]:
        """See ``DeviceRenderer``."""
        from pgt_dsl.paint import triton_kernel as kernel

        flat = pool(display)
        source = backgrounds.contiguous()
        rgb = torch.empty_like(source)
        mask = torch.empty(source.shape[:3] if ids else (1, 1, 1), dtype=torch.int32, device=source.device)
        pictures, height, width = source.shape[:3]
        rows, columns = self.tile or (kernel.TILE_ROWS, kernel.TILE_COLUMNS)
        tiles = -(-width // columns) * -(-height // rows)
        # Triton launches on the current device, which need not be the one of the tensors.
        with torch.cuda.device(source.device) if source.is_cuda else nullcontext():
            if pictures:
                kernel.paint_tiles[(tiles * pictures,)](
                    source, rgb, mask, *inputs(flat, source.device), width, height, ids, rows, columns, kernel.FIELDS,
                    num_warps=kernel.WARPS, enable_fp_fusion=False,
                )  # fmt: skip
        return rgb, mask if ids else None


def inputs(flat: Pool, device: torch.device) -> tuple[Tensor, ...]:
    """What the kernel reads beside the backgrounds: table, start, rows, xa, xb, share, masks."""
    found = layers(flat)
    made = areas(flat, found, device)
    box = made.cores.box
    edges = boundaries(sides(made.cores), box)
    order = torch.argsort(edges.row, stable=True)
    sorted_edges = Boundaries(*(getattr(edges, name)[order] for name in Boundaries.__slots__))
    height = box[:, 3] - box[:, 1]
    rows = int(height.sum())
    begins = torch.searchsorted(sorted_edges.row, torch.arange(rows + 1, device=device)).int()
    first = (torch.cumsum(height, 0) - height).cpu().numpy()
    start = np.searchsorted(found.picture, np.arange(len(flat.start)))
    columns: Any = (sorted_edges.xa, sorted_edges.xb, sorted_edges.share)
    return (
        _on(device, _table(flat, found, first, made.inner)), _on(device, start.astype(np.int32)), begins,
        *(_never_empty(column) for column in columns), _never_empty(_on(device, flat.coverage)),
    )  # fmt: skip


def _table(flat: Pool, found: Layers, first: npt.NDArray[np.int64], inner: npt.NDArray[np.int64]) -> Any:
    from pgt_dsl.paint import triton_kernel as kernel

    table = np.full((max(len(found), 1), kernel.FIELDS), -1, np.int32)
    if len(found):
        table[:, kernel.BOX : kernel.BOX + 4] = found.box
        table[:, kernel.ROWS] = first[: len(found)]
        table[:, kernel.INNER] = np.where(found.edged, first[inner], -1)
        table[:, kernel.FILL], table[:, kernel.EDGE] = found.fill, found.edge
        table[:, kernel.ALPHA], table[:, kernel.ID] = found.alpha, found.id
        text = found.mask >= 0
        table[text, kernel.MASK] = flat.mask_at[found.mask[text]]
    return table


def _on(device: torch.device, array: npt.NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).to(device)


def _never_empty(column: Tensor) -> Tensor:
    """A pointer to nothing is none."""
    return column if len(column) else column.new_zeros(1)
