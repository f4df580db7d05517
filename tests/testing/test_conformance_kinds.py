"""Every built-in kind passes the suite of kinds, and kinds that are wrong in one way each do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from shapely.geometry import Polygon

from pgt_dsl.builtin.kinds import COMMON, PLACE
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.plugins.extension import FieldSpec, Kind, Way
from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing.conformance import PluginFault
from pgt_dsl.testing.kinds import check_kind
from pgt_dsl.testing.outline_shapes import difference

HERE = __name__
Fields = Mapping[str, Any]


@pytest.mark.parametrize("name", sorted(registry().kinds))
def test_built_in_kinds(name: str) -> None:
    report = check_kind(name, examples=8, scenes=2, size=96)
    done = {"outline", "box", "fields", "batch", "finite", "scenes"}
    assert done <= set(report.counts) or name in ("canvas", "object")


# a kind of a stranger: a flag on no pole, three corners ---------------------------------------------------


def corners(fields: Fields) -> Any:
    size = np.asarray(fields["size"], float)
    unit = np.array([-0.5 - 0.5j, 0.5 + 0j, -0.5 + 0.5j])
    return unit * (size * np.exp(1j * np.radians(fields["turn"])))[:, None]


def polygon(verts: Any) -> Outline:
    n = len(verts)
    return Outline(verts[:, None, :], np.full((n, 1), 3), np.ones((n, 1), bool), np.zeros((n, 1)))


def flag(fields: Fields) -> Outline:
    return polygon(corners(fields))


def oracle(fields: Fields) -> Polygon:
    turn = complex(np.exp(1j * np.radians(float(fields["turn"]))))
    points = [complex(fields["at"]) + float(fields["size"]) * turn * z for z in (-0.5 - 0.5j, 0.5, -0.5 + 0.5j)]
    return Polygon([(z.real, z.imag) for z in points])


def larger(fields: Fields) -> Outline:
    return polygon(corners(fields) * 1.02)


def turned_back(fields: Fields) -> Outline:
    return polygon(corners({**{k: fields[k] for k in ("size",)}, "turn": -fields["turn"]}))


def absolute(fields: Fields) -> Outline:
    return polygon(corners(fields) + 0.001 * np.asarray(fields["at"])[:, None])


def sociable(fields: Fields) -> Outline:
    return polygon(corners(fields) + 1e-4 * np.mean(fields["size"]))


def by_code(fields: Fields) -> Outline:
    return polygon(corners(fields) * (1 + 1e-6 * np.asarray(fields["form"])[:, None]))


def nowhere(fields: Fields) -> Outline:
    with np.errstate(all="ignore"):
        size = np.asarray(fields["size"], float)
        return polygon(corners(fields) * (size / size)[:, None])


def refuses(fields: Fields) -> Outline:
    if (np.asarray(fields["size"]) < 0).any():
        raise AssertionError("below 0")
    return flag(fields)


def says_why(fields: Fields) -> Outline:
    if (np.asarray(fields["size"]) < 0).any():
        raise PgtError("a flag's `size` is not below 0")
    return flag(fields)


def failing_oracle(fields: Fields) -> Polygon:
    return oracle({**fields, "size": fields["sise"]})


FLAG = Kind(
    "flag", "A flag.", (FieldSpec("size", "length", "~ 10vmin .. 20vmin", "its height"),
                        FieldSpec("form", "form", "~ forms", "no matter"), *COMMON),
    f"{HERE}:flag", f"{HERE}:oracle", noun="flag", ways=PLACE,
)  # fmt: skip


def test_a_kind_that_is_right_and_one_that_refuses_in_words() -> None:
    assert "codes" in check_kind(FLAG, examples=8, scenes=1).counts
    check_kind(replace(FLAG, outline=f"{HERE}:says_why"), examples=8, scenes=1)


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (larger, "outline"), (turned_back, "outline"), (absolute, "relative to `at`"), (sociable, "batch"),
        (by_code, "codes"), (nowhere, "finite"), (refuses, "odd values"),
    ],
)  # fmt: skip
def test_a_wrong_outline_is_found(broken: Callable[..., Outline], check: str) -> None:
    with pytest.raises(PluginFault, match="kind `flag`") as found:
        check_kind(replace(FLAG, outline=f"{HERE}:{broken.__name__}"), examples=20, scenes=1)
    assert found.value.check == check
    assert "it.size = " in found.value.case and "check_kind('flag'" in found.value.again


def seldom(default: str, outline: str) -> Kind:
    """A flag with a field that not every size has."""
    fields = (*FLAG.fields, FieldSpec("excess", "number", default, "above the least"))
    return replace(FLAG, fields=fields, outline=f"{HERE}:{outline}")


def test_shapes_beside_one_that_is_none_are_compared() -> None:
    """Of most batches one row at least is no shape; the others count."""
    often = "= sqrt((size - 15vmin) / 1vmin)"
    report = check_kind(seldom(often, "flag"), examples=20, scenes=0)
    assert report.counts["outline"] >= 25  # of 20 batches
    with pytest.raises(PluginFault) as found:
        check_kind(seldom(often, "larger"), examples=20, scenes=0)
    assert found.value.check == "outline"


def test_a_kind_of_which_nothing_can_be_compared_does_not_pass() -> None:
    with pytest.raises(PluginFault, match="nothing was compared"):
        check_kind(seldom("= 1vmin / (size - size)", "larger"), examples=10, scenes=0)


def test_outlines_that_differ_by_next_to_nothing_are_alike() -> None:
    far = 390.66714795401367, 392.6028333916185
    one = Polygon([(0, 247.20768087650194), (0, 0), far])
    two = Polygon([(2.2250738585e-313, 247.20768087650194), (1.1125369292536007e-308, 9.732200731834513e-192), far])
    assert difference(one, two, 0.0025, 0.01) == difference(two, one, 0.0025, 0.01) == ""
    assert "px apart" in difference(one, Polygon([(0, 240), (0, 0), far]), 0.0025, 0.01)


def test_what_is_found_is_made_small() -> None:
    with pytest.raises(PluginFault) as found:
        check_kind(replace(FLAG, outline=f"{HERE}:refuses"), examples=30, scenes=1)
    assert "it.size = -5" in found.value.case and "beside" not in found.value.case


DOUBLE = FieldSpec("double", "length", None, "twice its size")


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        ({"oracle": f"{HERE}:failing_oracle"}, "oracle", "KeyError"),
        ({"outline": "nowhere.at_all:f"}, "declaration", "cannot load"),
        ({"doc": ""}, "declaration", "no doc"),
        ({"noun": "", "fields": tuple(f for f in FLAG.fields if f.name != "form")}, "declaration", "noun"),
        ({"fields": (FieldSpec("size", "length", "~ 10vmin .. ", "its height"), *COMMON)}, "compiling", "size"),
        ({"fields": (*FLAG.fields, DOUBLE),
          "ways": (*PLACE, Way(("size",), {"double": "2 * size"}), Way(("double",), {"size": "double"}))},
         "ways", "another shape"),
        ({"name": "circle"}, "declaration", "circle"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_found(change: dict[str, Any], check: str, words: str) -> None:
    with pytest.raises(PluginFault, match=words) as found:
        check_kind(replace(FLAG, **change), examples=10, scenes=1)
    assert found.value.check == check


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(PgtError, match=r"no kind `sqare`; there are: .*square"):
        check_kind("sqare")
