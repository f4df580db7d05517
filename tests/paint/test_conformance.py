"""The conformance suite on every installed renderer; and that it finds what is wrong with one that is made wrong."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.paint.display import DisplayList, Painted
from pgt_dsl.paint.reference import PillowRenderer, make
from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing.display_lists import Item, disc, display, paper, piece
from pgt_dsl.testing.renderers import (
    EXACT,
    REFERENCE,
    RendererFault,
    Report,
    Tolerance,
    check_protocol,
    check_renderer,
    compare,
)

INSTALLED = [s.name for s in registry().ranked_renderers() if all(find_spec(need) for need in s.needs)]
TOLERANCES = {"pillow": REFERENCE}


@pytest.mark.parametrize("name", INSTALLED)
def test_the_suite(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        registry().make_renderer(name)
    except PgtError as error:  # there is no device for it; its own tests run it under an interpreter
        pytest.skip(str(error))
    make_it = partial(registry().make_renderer, name)
    report = check_renderer(make_it, TOLERANCES.get(name, EXACT), examples=15, scenes=40)
    assert report.errors.sum() > 10_000 and report.pictures > 300
    with capsys.disabled():
        print(f"\n{report}")


class Wrong(PillowRenderer):
    """The reference with one fault."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.calls = 0

    def paint(self, display: DisplayList, backgrounds: np.ndarray, ids: bool = True) -> Painted:
        self.calls += 1
        if self.fault == "takes NaN" and not np.isfinite(display.outline.verts).all():
            return Painted(backgrounds.copy(), np.zeros(backgrounds.shape[:3], np.uint16))
        done = super().paint(display, backgrounds, ids)
        rgb, mask = done.rgb.copy(), done.ids
        if self.fault == "paints the background":
            backgrounds[...] = rgb
        elif self.fault == "modifies the list":
            display.fill[...] = 0
        elif self.fault == "is never the same":
            rgb[0, 0, 0] = self.calls
        elif self.fault == "knows its batch":
            rgb[:, 0, 0, 0] = len(rgb)
        elif self.fault == "always gives ids":
            mask = np.zeros(rgb.shape[:3], np.uint16)
        elif self.fault == "has 32 bits" and mask is not None:
            return Painted(rgb, mask.astype(np.uint32))  # type: ignore[arg-type]
        return Painted(rgb, mask)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("takes NaN", "bad vertex is painted"),
        ("paints the background", "backgrounds were painted over"),
        ("modifies the list", "`fill` was modified"),
        ("is never the same", "painted a second time"),
        ("knows its batch", "picture 0 of a batch"),
        ("always gives ids", "though not asked for"),
        ("has 32 bits", "ids are uint32"),
    ],
)
def test_what_breaks_the_protocol_is_told(fault: str, told: str) -> None:
    with pytest.raises(RendererFault, match=told):
        check_protocol(lambda: Wrong(fault))


class Shifted(PillowRenderer):
    """The reference, off by a column."""

    def paint(self, display: DisplayList, backgrounds: np.ndarray, ids: bool = True) -> Painted:
        done = super().paint(display, backgrounds, ids)
        return Painted(np.roll(done.rgb, 1, axis=2), None if done.ids is None else np.roll(done.ids, 1, axis=2))


def test_a_wrong_picture_is_told_with_place_and_crops(tmp_path: Path) -> None:
    with pytest.raises(RendererFault) as raised:
        check_renderer(Shifted, REFERENCE, examples=0, scenes=0, folder=tmp_path)
    fault = raised.value
    assert fault.list_name == "disc, filled" and fault.at is not None
    assert "picture 0, item 0, pixel column" in fault.what and "item 0: fill 0x000000" in fault.what
    assert "worst.png" in fault.__notes__[0]
    with Image.open(tmp_path / "worst.png") as image:
        assert image.width >= 3 * 9 * 16 and image.height >= 9 * 16
        assert image.convert("RGB").getcolors(1 << 16)


def test_wrong_ids_are_told_but_not_near_a_half() -> None:
    shown = display(12, 8, [Item(piece([2 + 2j, 6.5 + 2j, 6.5 + 6j, 2 + 6j]), id=4)])

    class Other(PillowRenderer):
        at: Any = (0, 3, 6)

        def paint(self, display: DisplayList, backgrounds: np.ndarray, ids: bool = True) -> Painted:
            done = super().paint(display, backgrounds, ids)
            assert done.ids is not None
            done.ids[self.at] = 0 if done.ids[self.at] else 4
            return done

    report, loose = Report("other"), Tolerance(255, 255, 255, 255)
    compare(Other(), shown, paper(shown), loose, report)
    assert report.wrong_ids == 1 and report.ids < 1 / 255
    Other.at = (0, 3, 4)
    with pytest.raises(RendererFault, match="a wrong id: picture 0, item 0, pixel column 4, row 3"):
        compare(Other(), shown, paper(shown), loose, report)


def test_mean_and_percentile_are_judged_over_all_pictures() -> None:
    report = Report("none")
    report.errors[:] = 0
    report.errors[[0, 1, 40]] = 980, 10, 10
    assert report.mean == pytest.approx(0.41) and report.p99 == 1
    with pytest.raises(RendererFault, match="mean of the errors on edges"):
        check_renderer(make, Tolerance(0.1, 255, 255, 255, 255, 1.0), examples=0, scenes=0)


def test_what_is_off_by_more_than_allowed_where_nothing_is_painted() -> None:
    class Tinted(PillowRenderer):
        def paint(self, display: DisplayList, backgrounds: np.ndarray, ids: bool = True) -> Painted:
            done = super().paint(display, backgrounds, ids)
            done.rgb[:, 0, 0] ^= 1
            return done

    shown = display(12, 8, [Item(disc(6 + 4j, 2))])
    with pytest.raises(RendererFault, match="off all edges: picture 0, the background, pixel column 0, row 0"):
        compare(Tinted(), shown, paper(shown), EXACT, Report("tinted"))
