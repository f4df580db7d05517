"""The conformance suite of painters as items, picture by picture."""

from __future__ import annotations

from typing import Any

from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing import display_lists as lists
from tests.mutation import kernels
from tests.mutation.items import Item


def painter_items(painter: str) -> list[Item]:
    """The conformance suite of painters, list by list."""
    from pgt_dsl.testing.coverage_oracle import exact
    from pgt_dsl.testing.renderer_scenes import scene_lists
    from pgt_dsl.testing.renderers import EXACT, REFERENCE, RendererFault, Report, check_protocol, compare

    offered = registry()
    renderer = offered.make_renderer({"reference": "pillow"}.get(painter, painter))
    tolerance = REFERENCE if painter == "reference" else EXACT
    pictures = [(name, shown, lists.paper(shown)) for name, shown in (*lists.gallery(), *lists.hostile())]
    pictures += list(scene_lists(32))
    if painter == "numba" and kernels.interpreted():
        kernels.prepare()
        pictures = [picture for picture in pictures if _quick(picture[0])]

    def protocol() -> str:
        try:
            check_protocol(lambda: offered.make_renderer({"reference": "pillow"}.get(painter, painter)))
        except RendererFault as fault:
            return fault.what
        return ""

    found = [Item("painter", "protocol", protocol)]
    for name, shown, ground in pictures:
        true = exact(shown, ground)

        def run(name: str = name, shown: Any = shown, ground: Any = ground, true: Any = true) -> str:
            try:
                compare(renderer, shown, ground, tolerance, Report(painter), name, true)
            except RendererFault as fault:
                return fault.what
            return ""

        found.append(Item("painter", name, run))
    return found


def _quick(name: str) -> bool:
    """Whether a picture is painted soon without a compiler; of a kind over several grounds, one is."""
    kind, _, ground = name.partition(" over ")
    return not any(slow in kind for slow in kernels.SLOW) and ground in ("", "plain")
