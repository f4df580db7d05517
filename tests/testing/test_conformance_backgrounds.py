"""Every built-in background passes the suite of backgrounds; backgrounds that are wrong in one way each do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.paint.backgrounds import rgb
from pgt_dsl.plugins.extension import BackgroundKind, FieldSpec
from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing.backgrounds import check_background
from pgt_dsl.testing.conformance import PluginFault

HERE = __name__


@pytest.mark.parametrize("name", sorted(registry().backgrounds))
def test_built_in_backgrounds(name: str) -> None:
    report = check_background(name, examples=15, same=("source", "fit"))
    assert report.counts["pictures"] >= 5 and report.counts["scenes"] == 3


def paper(width: int, height: int, fields: Mapping[str, Any], seed: int, photos: Any) -> Any:
    rows = np.where(np.arange(height) % max(int(fields["step"]), 2) == seed % 2, 200, 255)
    return (rows[:, None, None] * np.ones((1, width, 1)) * np.array(rgb(fields["color"])) / 255).astype(np.uint8)


def luck(width: int, height: int, fields: Mapping[str, Any], seed: int, photos: Any) -> Any:
    return np.random.randint(0, 255, (height, width, 3)).astype(np.uint8)


def stirs(*case: Any) -> Any:
    np.random.random()
    return paper(*case)


def sideways(width: int, height: int, *more: Any) -> Any:
    return paper(height, width, *more)


def floats(*case: Any) -> Any:
    return paper(*case) / 255


def deaf(width: int, height: int, fields: Mapping[str, Any], seed: int, photos: Any) -> Any:
    return paper(width, height, {**fields, "step": 3}, seed, photos)


def takes(width: int, height: int, fields: Any, seed: int, photos: Any) -> Any:
    found = paper(width, height, fields, seed, photos)
    fields["step"] = 0
    return found


def narrow(width: int, height: int, *more: Any) -> Any:
    return paper(width, height, *more) if width > 3 else np.zeros((height, 4 // (width - 3), 3), np.uint8)


FIELDS = (FieldSpec("color", "color", "~ pastel", "the paper"), FieldSpec("step", "length", "= 12px", "line to line"))
PAPER = BackgroundKind("paper", "Paper.", FIELDS, f"{HERE}:paper")


def test_a_background_that_is_right() -> None:
    check_background(PAPER, examples=15)


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        ("luck", "determinism"), ("stirs", "determinism"), ("sideways", "form"), ("floats", "form"),
        ("deaf", "fields"), ("takes", "fields"), ("narrow", "painting"), ("nothing", "declaration"),
    ],
)  # fmt: skip
def test_a_wrong_background_is_found(broken: str, check: str) -> None:
    with pytest.raises(PluginFault, match="background `paper`") as found:
        check_background(replace(PAPER, paint=f"{HERE}:{broken}"), examples=30)
    assert found.value.check == check


def test_a_default_that_cannot_be_drawn_is_found() -> None:
    fields = (FieldSpec("color", "color", "~ nowhere", "the paper"), FIELDS[1])
    with pytest.raises(PluginFault) as found:
        check_background(replace(PAPER, fields=fields), examples=3)
    assert found.value.check == "scenes"


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(PgtError, match=r"no background `plane`; there are: .*plain"):
        check_background("plane")
