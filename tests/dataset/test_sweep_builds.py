"""Data sets with sweeps: whole groups in every format and split, verified, and scored by pair and by set."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import pgt_dsl
from pgt_dsl.cli.main import run
from pgt_dsl.cli.score import read_metadata
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.verify.run import verify

SPEC = """task "b/where"
pick side ~ ["left", "right", "above", "below"]
pick hue ~ [red, blue]
let gap ~ 12vmin .. 20vmin
let dx = if side == "left" then -gap else if side == "right" then gap else 0vmin
let dy = if side == "above" then -gap else if side == "below" then gap else 0vmin
shape b: square { size ~ 6vmin .. 9vmin, color = hue, at ~ anywhere(canvas, 30vmin) }
shape a: circle { radius = 3vmin, color = green, at = b.at + (dx, dy) }
ask "Where is the circle?" answer side wrong ["left", "right", "above", "below"]
"""
RECIPE = """size = 64
seed = 3
format = "{format}"
styles = {{ short = 1, options = 1 }}

[[task]]
specs = "where.pgt"
samples = 30
sweep = "side"

[[task]]
specs = "where.pgt"
name = "b/gap"
samples = 10
sweep = {{ gap = 3 }}
"""


def built(folder: Path, format: str = "llava", more: str = "") -> Path:
    (folder / "where.pgt").write_text(SPEC, encoding="utf-8")
    (folder / "mix.toml").write_text(RECIPE.format(format=format) + more, encoding="utf-8")
    assert run(["build", str(folder / "mix.toml"), "-o", str(folder / "out"), "--workers", "1"]) == 0
    return folder / "out"


def rows(out: Path) -> dict[str, dict[str, Any]]:
    """The metadata of all rows, in order."""
    return {name: json.loads(text) for name, text in read_metadata(out).items()}


@pytest.mark.parametrize("format", ["parquet", "webdataset", "llava", "messages", "trl_grpo"])
def test_groups_are_whole_together_and_verified(tmp_path: Path, format: str) -> None:
    out = built(tmp_path, format)
    found = rows(out)
    assert len(found) == 32 + 12  # whole groups: 8 of 4, 4 of 3
    ids = list(found)
    assert [name[-1] for name in ids[:32]] == list("abcd") * 8 and [name[-1] for name in ids[32:]] == list("abc") * 4
    assert Counter(row["scene"]["twin_of"] for row in found.values()) == {
        **{f"b/where/3/{k}": 4 for k in range(8)}, **{f"b/gap/3/{k}": 3 for k in range(4)},
    }  # fmt: skip
    assert {(row["scene"]["swept"], row["scene"]["steps"]) for row in found.values()} == {("side", 4), ("gap", 3)}
    assert verify(out).faults == ()
    entries = read_manifest(out).tasks
    assert [(entry.planned, entry.count) for entry in entries] == [(32, 32), (12, 12)]
    assert [(entry.group, entry.swept) for entry in entries] == [(4, "side"), (3, "gap")]
    assert "- `b/where`: 8 groups of 4, which differ in `side`" in (out / "README.md").read_text(encoding="utf-8")
    assert {share.produced for share in entries[0].picks["hue"].values()} == {0.5} and "side" not in entries[0].picks


def test_a_group_has_one_form_of_answer_and_one_order_of_options(tmp_path: Path) -> None:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows(built(tmp_path)).values():
        groups.setdefault(row["scene"]["twin_of"], []).append(row)
    assert all(len({tuple(row["styles"]) for row in members}) == 1 for members in groups.values())
    assert {row["styles"][0] for members in groups.values() for row in members} == {"short", "options"}
    quads = [members for members in groups.values() if len(members) == 4]
    assert all(sorted(row["scene"]["asks"][0]["correct"] for row in members) == [0, 1, 2, 3] for members in quads)


def test_splits_do_not_tear_groups(tmp_path: Path) -> None:
    out = built(tmp_path, "parquet", '[[split]]\nname = "train"\n[[split]]\nname = "val"\ncount = 9\n')
    assert verify(out).faults == ()
    splits = {split.name: split.count for split in read_manifest(out).splits}
    assert splits == {"train": 24 + 9, "val": 8 + 3}  # whole groups of what was asked for: 23 and 8, 7 and 2
    import pyarrow.parquet as pq

    seen: dict[str, set[str]] = {}
    for path in out.rglob("*.parquet"):
        for group in pq.read_table(path).column("group").to_pylist():
            seen.setdefault(group, set()).add(path.name.split("-")[0])
    assert all(len(names) == 1 for names in seen.values()) and len(seen) >= 12


def test_a_row_that_is_gone_or_of_another_step_is_found(tmp_path: Path) -> None:
    out = built(tmp_path, "llava")
    path = out / "llava.json"
    records = json.loads(path.read_text())
    path.write_text(json.dumps([record for record in records if not record["id"].endswith("00000002-c")]))
    assert any("missing" in fault.message and fault.sample == "b.where-00000002-c" for fault in verify(out).faults)
    a, b = (next(k for k, r in enumerate(records) if r["id"] == f"b.where-00000001-{x}") for x in "ab")
    records[a]["conversations"], records[b]["conversations"] = records[b]["conversations"], records[a]["conversations"]
    path.write_text(json.dumps(records))
    assert {fault.sample for fault in verify(out).faults} == {"b.where-00000001-a", "b.where-00000001-b"}


def test_what_will_come_out_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "where.pgt").write_text(SPEC, encoding="utf-8")
    (tmp_path / "mix.toml").write_text(RECIPE.format(format="parquet"), encoding="utf-8")
    assert run(["recipe", "check", str(tmp_path / "mix.toml")]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "groups of 4 in which `side` is left, right, above, below and all else is held" in told
    assert "groups of 3 in which `gap` is 12vmin, 16vmin, 20vmin and all else is held" in told
    assert "44 rows of parquet" in told


def test_sets_and_pairs_are_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = built(tmp_path)
    metadata = read_metadata(out)
    quads = {name: text for name, text in metadata.items() if name.startswith("b.where")}
    samples = [({"metadata": text}, json.loads(text)["scene"]["asks"][0]["text"]) for text in quads.values()]
    gold = pgt_dsl.score_pairs(samples)
    assert (gold.groups, gold.pair, gold.whole, gold.flips, gold.torn) == (8, 1.0, 1.0, 1.0, 0)
    assert gold.steps == {"b/where": (1.0, 1.0, 1.0, 1.0)}
    blind = pgt_dsl.score_pairs((row, "left") for row, _ in samples)
    assert (blind.accuracy, blind.pair, blind.whole, blind.flips) == (0.25, 0.0, 0.0, 0.0)
    assert blind.steps == {"b/where": (1.0, 0.0, 0.0, 0.0)}
    half = pgt_dsl.score_pairs((row, said if said in ("left", "right") else "left") for row, said in samples)
    assert (half.accuracy, half.pair, half.whole) == (0.5, pytest.approx(1 / 6), 0.0)
    torn = pgt_dsl.score_pairs(samples[1:])
    assert (torn.groups, torn.torn, torn.whole, len(torn.all_right)) == (8, 1, 1.0, 7)
    letters = [(row, "A") for row, _ in samples if json.loads(row["metadata"])["styles"] == ["options"]]
    assert pgt_dsl.score_pairs(letters).accuracy == 0.25
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(json.dumps({"id": name, "text": "above"}) + "\n" for name in list(quads)[:-1]))
    capsys.readouterr()
    assert run(["score", str(answers), str(out), "--csv", str(tmp_path / "table.csv")]) == 0
    told = capsys.readouterr().out
    assert "right at each step: 0%, 0%, 100%, 0%" in told and "1 groups lack answers" in told
    assert (tmp_path / "table.csv").read_text().splitlines()[3].split(",")[4] == "3"
