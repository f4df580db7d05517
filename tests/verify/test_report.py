"""The report: what its JSON has, that its page shows it and is safe, and the numbers of its statistics."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
from scipy.stats import ks_2samp

from pgt_dsl.verify.faults import CHECKS
from pgt_dsl.verify.page import page
from pgt_dsl.verify.reference import Comparison, corrected, distance, least_seen
from pgt_dsl.verify.report import Report
from pgt_dsl.verify.run import verify
from tests.verify.worlds import made, parquet_rows

KEYS = [
    "report_format", "name", "ok", "summary", "data_set", "verifier", "planned", "rows", "woven", "judged", "share",
    "seconds", "bound", "confidence", "checks", "fault_count", "faults", "tasks", "twice", "comparisons", "limits",
]  # fmt: skip
FAULT = ["check", "message", "sample", "task", "file", "row", "expected", "found", "count"]
TASK = ["name", "samples", "judged", "faults", "answers", "quotas", "quotas_compared", "quota_faults", "accepted",
        "drift", "chained", "reference", "problem"]  # fmt: skip
EVIL = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Of a data set with one answer that is a script."""
    folder = tmp_path_factory.mktemp("report") / "set"
    shutil.copytree(made("parquet"), folder)
    parquet_rows(folder / "data/train-00000.parquet", lambda rows: rows[0].update(answer=EVIL))
    return verify(folder)


def test_the_json_is_of_one_shape(report: Report) -> None:
    data = json.loads(report.to_json())
    assert list(data) == KEYS and data["report_format"] == 1
    assert list(data["faults"][0]) == FAULT and list(data["tasks"][0]) == TASK
    assert all(check["made"] for check in data["checks"])
    assert [check["name"] for check in data["checks"]] == list(CHECKS)
    assert data["fault_count"] == len(data["faults"]) == sum(check["faults"] for check in data["checks"]) == 1
    assert data["bound"] is None and not data["ok"] and data["judged"] == 56
    assert data["tasks"][1]["samples"] == 14 and sum(data["tasks"][1]["answers"].values()) == 14


class _Tags(HTMLParser):
    """Which tags there are, and whether they are closed in order."""

    VOID = ("meta", "rect", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in self.VOID and tag != "th":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and tag != "th":
            assert self.open.pop() == tag


def test_the_page_is_whole_needs_nothing_and_runs_nothing(report: Report) -> None:
    text = page(report)
    tags = _Tags()
    tags.feed(text)
    assert not tags.open and {"svg", "table", "style"} <= tags.seen
    assert not tags.seen & {"script", "link", "img", "iframe"} and not re.search(r"https?://|url\(", text)
    assert "&lt;script&gt;" in text and "color-scheme: light dark" in text and "width=device-width" in text
    assert "56 samples, 1 fault" in text and "spatial.left_of-00000000" in text


def test_distances_are_those_of_kolmogorov_and_smirnov() -> None:
    chance = np.random.default_rng(4)
    one, two = chance.normal(size=80), chance.normal(0.4, size=50)
    assert distance(one, two) == pytest.approx(ks_2samp(one, two).statistic)


def test_the_least_difference_that_is_told_is_told() -> None:
    """Just above it the chance is below the level, just below it above."""
    least = least_seen(400, 300, 1e-3)
    rows = [Comparison("t", "s", "x", 400, 300, least * k, 0.0) for k in (0.98, 1.02)]
    exact = [ks_2samp(np.arange(400) / 400, np.arange(300) / 300 + c.effect).pvalue for c in rows]
    assert exact[1] < 1e-3 * 1.3 and exact[0] > 1e-3 / 1.3


def test_chances_are_corrected_for_the_number_of_comparisons() -> None:
    found = corrected([Comparison("t", "s", "x", 100, 100, 0.3, p) for p in (2e-4, 0.5, 0.9, 0.9)])
    assert [c.p for c in found] == pytest.approx([8e-4, 1.0, 1.0, 1.0]) and found[0].notable
    assert found[0].seen == pytest.approx(least_seen(100, 100, 1e-3 / 4))
