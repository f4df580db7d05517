"""The torch painter: a batch on any device that knows double precision, in eager operations on whole batches.

Coverages of many items are computed at once, each in its own box; then they are composited in rounds, the k-th layer of
every picture in round k. All sums are of whole numbers, so a picture's pixels do not depend on the batch it is in.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pgt_dsl.paint.display import DisplayList
from pgt_dsl.paint.on_device import DeviceRenderer
from pgt_dsl.paint.pool import Pool, pool
from pgt_dsl.paint.torch_layers import Layers, areas, layers
from pgt_dsl.paint.torch_sides import sides
from pgt_dsl.paint.torch_spans import boundaries, coverage

_CELLS = {"cpu": 1 << 21, "cuda": 1 << 25}  # pixels of boxes whose coverage is held at once


def make() -> TorchRenderer:
    """The renderer on the CPU, for the plugin registry."""
    return TorchRenderer()


class TorchRenderer(DeviceRenderer):
    """Paints with torch's eager operations on ``device``, in and out of numpy; ``paint_on`` keeps tensors there."""

    name = "torch"

    def __init__(self, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)

    def paint_on(self, display: DisplayList, backgrounds: Tensor, ids: bool = True) -> tuple[Tensor, Tensor | None]:
        """See ``DeviceRenderer``."""
        flat = pool(display)
        canvas = torch.zeros(backgrounds.numel() // 3, dtype=torch.int64, device=backgrounds.device)
        canvas.view(torch.uint8).view(-1, 8)[:, :3] = backgrounds.reshape(-1, 3)
        found = layers(flat)
        found = found.taken(np.lexsort((found.picture, found.rank)))
        for low, high in _chunks(found, _CELLS.get(backgrounds.device.type, _CELLS["cpu"])):
            _paint_layers(flat, found.taken(slice(low, high)), canvas)
        rgb = canvas.view(torch.uint8).view(-1, 8)[:, :3].reshape(backgrounds.shape)
        return rgb, canvas.view(torch.int32)[1::2].reshape(rgb.shape[:3]) if ids else None


def _packed(colour: npt.NDArray[np.int64], identity: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Pixels of the canvas: int64 whose bytes are red, green, blue, 0 and the id, so that one number holds it all."""
    return colour >> 16 & 255 | colour & 0xFF00 | (colour & 255) << 16 | identity << 32


def _channels(packed: Tensor, first: int = 0) -> Tensor:
    """The three lowest bytes of numbers; of 0xRRGGBB the highest is red, with ``first`` = 2."""
    return torch.stack([packed >> 8 * abs(first - k) & 255 for k in range(3)], 1)


def _chunks(found: Layers, budget: int) -> list[tuple[int, int]]:
    """Ranges of layers whose boxes together have at most ``budget`` pixels (or one layer)."""
    size = (found.box[:, 2] - found.box[:, 0] + 1) * (found.box[:, 3] - found.box[:, 1])
    until = np.cumsum(size)
    cuts = [0]
    while cuts[-1] < len(size):
        done = until[cuts[-1] - 1] if cuts[-1] else 0
        cuts.append(max(cuts[-1] + 1, int(np.searchsorted(until, done + budget, side="right"))))
    return list(pairwise(cuts))


def _paint_layers(flat: Pool, some: Layers, canvas: Tensor) -> None:
    """Composite layers that are sorted by rank."""
    device = canvas.device
    made = areas(flat, some, device)
    box = made.cores.box
    covers, offset = coverage(boundaries(sides(made.cores), box), box)
    _put_masks(flat, some, covers, offset)
    cell, pixel, layer = _covered(some, covers, offset, (flat.height, flat.width))
    # Most of what is covered is covered whole, by one opaque colour that sets the id: put without being mixed.
    solid = (some.alpha == 255) & (some.fill >= 0) & (some.id > 0)
    whole = _column(solid, device).index_select(0, layer) & (covers.index_select(0, cell) == 255)
    if some.edged.any():
        shift = offset[_column(made.inner, device)] - offset[: len(some)]
        whole &= covers.index_select(0, cell + shift.index_select(0, layer)) == 255
    else:
        shift = None
    plain = _column(_packed(some.fill, some.id), device)
    put, mixed = torch.nonzero(whole).flatten(), torch.nonzero(~whole).flatten()
    put_layer, put_pixel = layer[put], pixel[put]
    mix = _Mix(some, covers, cell[mixed], layer[mixed], pixel[mixed], shift)
    rounds = _column(np.flatnonzero(np.diff(some.rank)) + 1, device)
    ends = [[0, *torch.searchsorted(found, rounds).tolist(), len(found)] for found in (put_layer, mix.layer)]
    colour = plain[put_layer]
    for k in range(len(rounds) + 1):
        here = slice(ends[0][k], ends[0][k + 1])
        canvas[put_pixel[here]] = colour[here]
        mix.composite(canvas, slice(ends[1][k], ends[1][k + 1]))


def _column(values: npt.NDArray[np.generic], device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values)).to(device)


def _put_masks(flat: Pool, some: Layers, covers: Tensor, offset: Tensor) -> None:
    """Copy the masks of text layers into their areas, whose rows have one more cell."""
    text = np.flatnonzero(some.mask >= 0)
    if not len(text):
        return
    mask = some.mask[text]
    width = some.box[text, 2] - some.box[text, 0]
    size = width * (some.box[text, 3] - some.box[text, 1])
    owner = np.repeat(np.arange(len(text)), size)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    source = flat.coverage[flat.mask_at[mask][owner] + step]
    shift = _column(step + step // width[owner], covers.device)
    start = offset[_column(text, covers.device)][_column(owner, covers.device)]
    covers[start + shift] = torch.from_numpy(source).to(covers.device)


def _covered(some: Layers, covers: Tensor, offset: Tensor, canvas: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """The cells of the layers' outer areas that are covered at all, their pixels on the canvas, and their layers."""
    device = covers.device
    height, width = canvas
    box = _column(some.box, device)
    rows = box[:, 3] - box[:, 1]
    layer = torch.repeat_interleave(torch.arange(len(rows), device=device), rows)
    row = torch.arange(len(layer), device=device) - (torch.cumsum(rows, 0) - rows)[layer]
    stride = (box[:, 2] - box[:, 0] + 1)[layer]
    start = offset[layer] + row * stride
    end = int(start[-1] + stride[-1]) if len(start) else 0
    cell = torch.nonzero(covers[:end]).flatten()
    count = torch.diff(torch.searchsorted(cell, torch.cat((start, start.new_tensor([end])))))
    first_pixel = (_column(some.picture, device)[layer] * height + box[layer, 1] + row) * width + box[layer, 0]
    shift = torch.repeat_interleave(first_pixel - start, count)
    return cell, cell + shift, torch.repeat_interleave(layer, count)


class _Mix:
    """Pixels that are mixed with what lies beneath: what to add to it, and what share of it remains."""

    def __init__(
        self, some: Layers, covers: Tensor, cell: Tensor, layer: Tensor, pixel: Tensor, shift: Tensor | None
    ) -> None:
        """``shift``: from a layer's outer cells to its inner ones; None when none has an inner area of its own."""
        self.layer, self.pixel = layer, pixel
        device = covers.device
        outer = covers[cell].long()
        inner = outer if shift is None else torch.minimum(covers[cell + shift[layer]].long(), outer)
        fill, edge, alpha = (_column(values, device)[layer] for values in (some.fill, some.edge, some.alpha))
        filled = fill >= 0
        fill_alpha = torch.where(filled, _div255(inner * alpha), 0)
        edge_alpha = torch.where(edge >= 0, _div255(outer * alpha) - _div255(inner * alpha), 0)
        self.rest = 255 - fill_alpha - edge_alpha
        self.add = _channels(fill, 2) * fill_alpha[:, None] + _channels(edge, 2) * edge_alpha[:, None]
        identity = _column(some.id, device)[layer]
        self.marked = (torch.where(filled, outer, outer - inner) >= 128) & (identity > 0)
        self.id = identity << 32

    def composite(self, canvas: Tensor, part: slice) -> None:
        """Composite one round, in which no pixel occurs twice."""
        where = self.pixel[part]
        beneath = canvas[where]
        rgb = _div255(_channels(beneath) * self.rest[part, None] + self.add[part])
        identity = torch.where(self.marked[part], self.id[part], beneath & ~0xFFFFFF)
        canvas[where] = identity | rgb[:, 0] | rgb[:, 1] << 8 | rgb[:, 2] << 16


def _div255(x: Tensor) -> Tensor:
    """``round(x / 255)``, exactly, for x up to 65025."""
    x = x + 128
    return (x + (x >> 8)) >> 8
