"""What the painters that keep pictures on a device share: the way in from numpy and out again."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pgt_dsl.paint.display import DisplayList, Painted
from pgt_dsl.paint.reference import check


class DeviceRenderer(ABC):
    """A renderer that paints on ``device``."""

    device: torch.device

    def paint(self, display: DisplayList, backgrounds: npt.NDArray[np.uint8], ids: bool = True) -> Painted:
        """Paint a batch over ``backgrounds`` (uint8[B, H, W, 3], not modified). Raises ``ValueError`` as the
        reference does."""
        check(display, backgrounds)
        rgb, mask = self.paint_on(display, torch.from_numpy(np.ascontiguousarray(backgrounds)).to(self.device), ids)
        return Painted(rgb.cpu().numpy(), None if mask is None else mask.cpu().numpy().astype(np.uint16))

    @abstractmethod
    def paint_on(self, display: DisplayList, backgrounds: Tensor, ids: bool = True) -> tuple[Tensor, Tensor | None]:
        """Paint over ``backgrounds`` (uint8[B, H, W, 3] on the device, not modified), which ``display`` must fit.

        Returns the pixels, uint8[B, H, W, 3], and the ids, int32[B, H, W], or None when not asked for.
        """
