"""Every built-in function passes the suite of functions, and functions that are wrong in one way each do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.measures import apart
from pgt_dsl.geometry.oracle import Decided, Seen, UndefinedValueError, gap
from pgt_dsl.plugins.extension import Function
from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing.conformance import PluginFault
from pgt_dsl.testing.measures import CHECKS, Case, check_function

HERE = __name__


@pytest.mark.parametrize("name", sorted(registry().functions))
def test_built_in_functions(name: str) -> None:
    report = check_function(name, examples=12)
    assert report.counts["value"] and report.counts["batch"]
    if registry().functions[name].slack:
        assert report.counts["slack"] and report.counts["slack is true"]


# measures of a stranger: whether two shapes are clear of each other, and the mean size of a list ----------------------


def clear(call: Any) -> Any:
    return np.asarray(apart(call) >= 0)


def clear_slack(call: Any) -> Any:
    return np.asarray(apart(call))


def clear_oracle(a: Seen, b: Seen) -> Decided:
    found = gap(a, b)
    return Decided(found >= 0, found)


CLEAR = Function(
    "clear_of", "clear_of(a: shape, b: shape): bool", "They do not overlap.", f"{HERE}:clear", f"{HERE}:clear_oracle",
    f"{HERE}:clear_slack", "length", 1e-3,
)  # fmt: skip


PLAIN = replace(CLEAR, slack=None, slack_unit=None)


def mean_x(call: Any) -> Any:
    x = np.asarray(call.field(0, "at")).real
    mask = np.broadcast_to(call.args[0].mask, np.broadcast_shapes(x.shape, call.args[0].mask.shape))
    count = mask.sum(-1)
    return np.where(count > 0, np.where(mask, x, 0.0).sum(-1) / np.maximum(count, 1), np.nan)


def mean_x_oracle(xs: list[Seen]) -> float:
    if not xs:
        raise UndefinedValueError("the mean of nothing")
    return sum(s.at.real for s in xs) / len(xs)


def sum_x_oracle(xs: list[Seen]) -> float:
    return mean_x_oracle(xs) * len(xs)


MEAN = Function("mean_x", "mean_x(xs: shape[]): length", "The mean.", f"{HERE}:mean_x", f"{HERE}:mean_x_oracle")


def test_measures_that_are_right() -> None:
    check_function(CLEAR, kinds=("circle", "rect"), examples=10)
    check_function(MEAN, kinds=("circle", "figure"), examples=10)


def overlapping(call: Any) -> Any:
    return np.asarray(apart(call) >= -3)


def in_company(call: Any) -> Any:
    return np.asarray(apart(call) >= 0) & (np.arange(len(apart(call))).reshape(-1, *(1,) * (apart(call).ndim - 1)) < 1)


def as_numbers(call: Any) -> Any:
    return (apart(call) >= 0).astype(float)


def flattened(call: Any) -> Any:
    return clear(call).ravel()[None]


def fails_when_small(call: Any) -> Any:
    if (call.field(0, "radius") < 0).any():
        raise ValueError("a radius below 0")
    return clear(call)


def too_sure(call: Any) -> Any:
    return 2.5 * apart(call)


def unsigned(call: Any) -> Any:
    return np.abs(apart(call))


def no_number(call: Any) -> Any:
    return np.full(apart(call).shape, np.nan)


def mask_ignored(call: Any) -> Any:
    return np.broadcast_to(np.asarray(call.field(0, "at")).real, call.args[0].mask.shape).mean(-1)


def never_undefined(call: Any) -> Any:
    return np.nan_to_num(mean_x(call))


@pytest.mark.parametrize(
    ("function", "check", "words"),
    [
        (replace(PLAIN, value=f"{HERE}:overlapping"), "once", "the batched value is True, the oracle's False"),
        (replace(PLAIN, value=f"{HERE}:in_company"), "batch", "row 1 of the batch"),
        (replace(PLAIN, value=f"{HERE}:as_numbers"), "value", "a bool comes as float64"),
        (replace(PLAIN, value=f"{HERE}:flattened"), "value", "dimensions"),
        (replace(PLAIN, value=f"{HERE}:fails_when_small"), "value", "a radius below 0"),
        (replace(CLEAR, slack=f"{HERE}:too_sure"), "slack", "changes the value"),
        (replace(CLEAR, slack=f"{HERE}:unsigned"), "slack", "where the value is False"),
        (replace(CLEAR, slack=f"{HERE}:no_number"), "slack", "no number"),
        (replace(CLEAR, slack_unit=None), "declaration", "go together"),
        (replace(CLEAR, oracle=f"{HERE}:nothing"), "declaration", "cannot load"),
        (replace(MEAN, value=f"{HERE}:mask_ignored"), "undefined", "the oracle has none"),
        (replace(MEAN, value=f"{HERE}:never_undefined"), "undefined", "the batched value is 0"),
        (replace(MEAN, oracle=f"{HERE}:sum_x_oracle"), "once", "the oracle's"),
        (replace(MEAN, doc=" "), "declaration", "no doc"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_function_is_found(function: Function, check: str, words: str) -> None:
    with pytest.raises(PluginFault, match=words) as found:
        check_function(function, kinds=("circle",), examples=60)
    assert found.value.check == check
    assert "check_function" in found.value.again


def test_a_fault_is_made_small_and_says_the_spec() -> None:
    with pytest.raises(PluginFault) as found:
        check_function(replace(CLEAR, slack=f"{HERE}:unsigned"), kinds=("circle",), examples=25)
    assert "beside" not in found.value.case and "let once = clear_of(a0, a1)" in found.value.case


def test_checks_can_be_added() -> None:
    seen: list[Case] = []
    check_function("distance", examples=3, checks=[*CHECKS, seen.append])
    assert seen and all(len(case.rows) == len(case.oracles) for case in seen)


def test_kinds_for_one_argument() -> None:
    check_function("covers", kinds={"s": ("circle", "rect")}, examples=4)
    with pytest.raises(PluginFault, match="no shape argument"):
        check_function("covers", kinds={"q": ("circle",)})


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(PgtError, match=r"no function `appart`; there are: .*apart"):
        check_function("appart")
