"""Batches as tensors that stay on a device: ``Task.batch(..., device="cuda")``.

Scenes are solved on the host; what goes to the device are vertices, text masks, noise and photos. Torch is
imported when a device is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pgt_dsl.dataset.record import DEFAULT_STYLES, turns
from pgt_dsl.dataset.sample import Turn
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.paint.scene_display import display_list
from pgt_dsl.scene.scene import Scene

if TYPE_CHECKING:
    import torch

    from pgt_dsl.dataset.pipeline import Pipeline


@dataclass(frozen=True)
class TensorBatch:
    """Several scenes. ``pixels``: uint8[B, H, W, 3]; ``ids``: int32[B, H, W]; both on the device that was asked for.

    ``scenes`` and the texts have one entry for each.
    """

    pixels: torch.Tensor
    ids: torch.Tensor
    scenes: tuple[Scene, ...]
    styles: Mapping[str, float]
    renderer: str

    def __len__(self) -> int:
        return len(self.scenes)

    @cached_property
    def turns(self) -> tuple[tuple[Turn, ...], ...]:
        """All questions and answers of each, in their styles."""
        return tuple(turns(scene, self.styles) for scene in self.scenes)

    @property
    def questions(self) -> tuple[str, ...]:
        """The first question of each."""
        return tuple(found[0].question for found in self.turns)

    @property
    def answers(self) -> tuple[str, ...]:
        """The answer to the first question of each."""
        return tuple(found[0].answer for found in self.turns)


def tensor_batch(
    pipeline: Pipeline, scenes: Sequence[Scene], device: str, styles: Mapping[str, float] = DEFAULT_STYLES
) -> TensorBatch:
    """Paint scenes of one size on a device. Raises ``PgtError`` when torch is missing or the device is not there, and
    when the pipeline's renderer paints on the host only."""
    place = _device(device)
    painter = _painter(pipeline.renderer, place)
    from pgt_dsl.paint.torch_backgrounds import background_tensor

    display = display_list(scenes, pipeline.registry.kinds)
    ground = background_tensor(
        display.backgrounds, display.width, display.height, place, pipeline.photos, pipeline.plugin_backgrounds
    )
    pixels, ids = painter.paint_on(display, ground)
    return TensorBatch(pixels, ids, tuple(scenes), styles, painter.name)


def _device(name: str) -> torch.device:
    try:
        import torch
    except ImportError as error:
        raise PgtError(f"`device={name!r}` needs torch: pip install 'pgt-dsl[torch]' ({error})") from error
    try:
        device = torch.device(name)
        torch.zeros(1, dtype=torch.float64, device=device).cpu()
    except (RuntimeError, NotImplementedError, TypeError, AssertionError) as error:
        told = str(error).strip().split("\n")[0]
        raise PgtError(f"torch cannot use the device `{name}` with double precision here: {told}") from error
    return device


def _painter(name: str | None, device: torch.device) -> Any:
    """The painter by name for a device; by default triton's on CUDA where triton is installed, else torch's."""
    from pgt_dsl.paint.torch_painter import TorchRenderer

    if name is None:
        name = "triton" if device.type == "cuda" and find_spec("triton") else "torch"
    if name == "torch":
        return TorchRenderer(device)
    if name == "triton":
        from pgt_dsl.paint.triton_painter import TritonRenderer

        return TritonRenderer(device)
    raise PgtError(f"the renderer `{name}` does not paint on a device; `torch` and `triton` do")
