"""Backgrounds as tensors on a device: plain ones and gradients are computed there, others uploaded once for a batch.

The bytes are those of ``backgrounds.background_pixels``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch

from pgt_dsl.paint.backgrounds import Paint, Photos, background_pixels, rgb
from pgt_dsl.scene.scene import BackgroundChoice

_PIXELS = 1 << 23  # pixels of gradients that are computed at once


def background_tensor(
    choices: Sequence[BackgroundChoice],
    width: int,
    height: int,
    device: torch.device,
    photos: Photos | None = None,
    kinds: Mapping[str, Paint] | None = None,
) -> torch.Tensor:
    """The backgrounds of a batch: uint8[B, H, W, 3] on ``device``. Arguments and errors as ``background_pixels``."""
    own = {} if kinds is None else kinds
    places: dict[str, list[int]] = {"plain": [], "gradient": [], "": []}
    for b, choice in enumerate(choices):
        places[choice.kind if choice.kind in ("plain", "gradient") and choice.kind not in own else ""].append(b)
    out = torch.empty((len(choices), height, width, 3), dtype=torch.uint8, device=device)
    if places["plain"]:
        colours = [rgb(choices[b].fields["color"]) for b in places["plain"]]
        out[places["plain"]] = torch.tensor(colours, dtype=torch.uint8, device=device)[:, None, None, :]
    step = max(1, _PIXELS // (width * height))
    for first in range(0, len(places["gradient"]), step):
        some = places["gradient"][first : first + step]
        out[some] = _gradients([choices[b].fields for b in some], width, height, device)
    if places[""]:
        pixels = background_pixels([choices[b] for b in places[""]], width, height, photos, kinds)
        out[places[""]] = torch.from_numpy(pixels).to(device)
    return out


def _gradients(fields: Sequence[Mapping[str, object]], width: int, height: int, device: torch.device) -> torch.Tensor:
    """``backgrounds.gradient`` for several choices at once: uint8[G, H, W, 3]."""
    angles = [math.radians(float(str(f.get("turn", 0.0)))) for f in fields]
    cos = torch.tensor([round(math.cos(a) * 65536) for a in angles], device=device)
    sin = torch.tensor([round(math.sin(a) * 65536) for a in angles], device=device)
    across = torch.arange(width, device=device) * cos[:, None]
    down = torch.arange(height, device=device) * sin[:, None]
    across, down = across - across.amin(1, keepdim=True), down - down.amin(1, keepdim=True)
    span = (across.amax(1) + down.amax(1)).clamp(min=1)[:, None, None]
    along = across[:, None, :] + down[:, :, None]
    start, end = (torch.tensor([rgb(f[name]) for f in fields], device=device) for name in ("from_color", "to_color"))
    levels = [
        ((span - along) * start[:, channel, None, None] + along * end[:, channel, None, None] + span // 2) // span
        for channel in range(3)
    ]
    return torch.stack(levels, -1).to(torch.uint8)
