"""The torch painter: a batch on any device that knows double precision, in eager operations on whole batches.

Coverages of many items are computed at once, each in its own box; then they are composited in rounds, the k-th layer of
every picture in round k. All sums are of whole numbers, so a picture's pixels do not depend on the batch it is in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from pgt_dsl.paint.display import DisplayList, Painted
from pgt_dsl.paint.pool import Pool, pool
from pgt_dsl.paint.reference import check
from pgt_dsl.paint.torch_layers import Areas, Layers, areas, layers
from pgt_dsl.paint.torch_sides import Tensor, sides
from pgt_dsl.paint.torch_spans import boundaries, coverage

_CELLS = {"cpu": 1 << 21, "cuda": 1 << 25}  # pixels of boxes whose coverage is held at once


def make() -> TorchRenderer:
    """The renderer on the CPU, for the plugin registry."""
    return TorchRenderer()


class TorchRenderer:
    """Paints with torch's eager operations on ``device``, in and out of numpy; ``paint_on`` keeps tensors there."""

    name = "torch"

    def __init__(self, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)

    def paint(self, display: DisplayList, backgrounds: npt.NDArray[np.uint8], ids: bool = True) -> Painted:
        """Paint a batch over ``backgrounds`` (uint8[B, H, W, 3], not modified). Raises ``ValueError`` as the
        reference does."""
        check(display, backgrounds)
        rgb, mask = self.paint_on(display, torch.from_numpy(np.ascontiguousarray(backgrounds)).to(self.device), ids)
        return Painted(rgb.cpu().numpy(), None if mask is None else mask.cpu().numpy().astype(np.uint16))

    def paint_on(self, display: DisplayList, backgrounds: Tensor, ids: bool = True) -> tuple[Tensor, Tensor | None]:
        """Paint over ``backgrounds`` (uint8[B, H, W, 3] on the device, not modified), which ``display`` must fit.

        Returns the pixels, uint8[B, H, W, 3], and the ids, int32[B, H, W], or None when not asked for.
        """
        flat = pool(display)
        rgb = backgrounds.clone()
        mask = torch.zeros(rgb.shape[:3], dtype=torch.int32, device=rgb.device) if ids else None
        found = layers(flat)
        found = found.taken(np.lexsort((found.picture, found.rank)))
        for low, high in _chunks(found, _CELLS.get(rgb.device.type, _CELLS["cpu"])):
            _paint_layers(flat, found.taken(slice(low, high)), rgb, mask)
        return rgb, mask


def _chunks(found: Layers, budget: int) -> list[tuple[int, int]]:
    """Ranges of layers whose boxes together have at most ``budget`` pixels (or one layer)."""
    size = (found.box[:, 2] - found.box[:, 0] + 1) * (found.box[:, 3] - found.box[:, 1])
    until = np.cumsum(size)
    cuts = [0]
    while cuts[-1] < len(size):
        done = until[cuts[-1] - 1] if cuts[-1] else 0
        cuts.append(max(cuts[-1] + 1, int(np.searchsorted(until, done + budget, side="right"))))
    return list(zip(cuts[:-1], cuts[1:], strict=True))


def _paint_layers(flat: Pool, some: Layers, rgb: Tensor, ids: Tensor | None) -> None:
    device = rgb.device
    made = areas(flat, some, device)
    box = made.cores.box
    covers, offset = coverage(boundaries(sides(made.cores), box), box)
    _put_masks(flat, some, covers, offset)
    cell, pixel, layer = _covered(some, covers, offset, rgb.shape[1], rgb.shape[2])
    add, rest, painted = _colours(some, made, covers, offset, cell, layer)
    identity = _column(some.id, device)[layer]
    marked = (painted >= 128) & (identity > 0)
    ends = torch.searchsorted(layer, _column(np.flatnonzero(np.diff(some.rank)) + 1, device)).tolist()
    canvas = rgb.view(-1, 3)
    mask = None if ids is None else ids.view(-1)
    for low, high in zip([0, *ends], [*ends, len(pixel)], strict=True):
        where = pixel[low:high]
        total = canvas[where].int() * rest[low:high, None] + add[low:high]
        canvas[where] = _div255(total).to(torch.uint8)
        if mask is not None:
            chosen = marked[low:high]
            mask[where[chosen]] = identity[low:high][chosen].int()


def _column(values: npt.NDArray[np.int64], device: torch.device) -> Tensor:
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


def _covered(some: Layers, covers: Tensor, offset: Tensor, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """The cells of the layers' outer areas that are covered at all, the pixels of the canvas, and their layers."""
    device = covers.device
    box = _column(some.box, device)
    rows = box[:, 3] - box[:, 1]
    layer = torch.repeat_interleave(torch.arange(len(rows), device=device), rows)
    row = torch.arange(len(layer), device=device) - (torch.cumsum(rows, 0) - rows)[layer]
    stride = (box[:, 2] - box[:, 0] + 1)[layer]
    start = offset[layer] + row * stride
    end = int(start[-1] + stride[-1]) if len(start) else 0
    cell = torch.nonzero(covers[:end]).flatten()
    count = torch.diff(torch.searchsorted(cell, torch.cat((start, start.new_tensor([end])))))
    of_row = torch.repeat_interleave(torch.arange(len(count), device=device), count)
    first_pixel = (_column(some.picture, device)[layer] * height + box[layer, 1] + row) * width + box[layer, 0]
    return cell, cell + (first_pixel - start)[of_row], layer[of_row]


def _colours(
    some: Layers, made: Areas, covers: Tensor, offset: Tensor, cell: Tensor, layer: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """For each covered cell: what is added to each channel (int32[C, 3]), the share of what lies beneath (int32[C]), and
    the coverage that counts for the id mask."""
    device = covers.device
    outer = covers[cell].int()
    alpha = _column(some.alpha, device).int()[layer]
    whole = _div255(outer * alpha)
    fill = _channels(some.fill, device)
    if not some.edged.any():
        return fill[layer] * whole[:, None], 255 - whole, outer
    shift = offset[_column(made.inner, device)] - offset[: len(some)]
    inner = torch.minimum(covers[cell + shift[layer]].int(), outer)
    fill_alpha = _div255(inner * alpha)
    edge_alpha = whole - fill_alpha
    filled = _column(some.fill, device)[layer] >= 0
    fill_alpha = torch.where(filled, fill_alpha, 0)
    add = fill[layer] * fill_alpha[:, None] + _channels(some.edge, device)[layer] * edge_alpha[:, None]
    hollow = ~filled
    return add, 255 - fill_alpha - edge_alpha, torch.where(hollow, outer - inner, outer)


def _channels(colour: npt.NDArray[np.int64], device: torch.device) -> Tensor:
    packed = _column(colour, device)
    return torch.stack([(packed >> shift & 255) for shift in (16, 8, 0)], 1).int()


def _div255(x: Tensor) -> Tensor:
    """``round(x / 255)``, exactly, for x up to 65025."""
    x = x + 128
    return (x + (x >> 8)) >> 8
