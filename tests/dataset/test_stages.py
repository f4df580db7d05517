"""Stages of a curriculum: each has exactly its samples, of its margins, one stage after the other and each shuffled."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.cli.build import read_order, tasks_of
from pgt_dsl.cli.main import run
from pgt_dsl.cli.score import read_metadata
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.program.program import Stage
from pgt_dsl.program.serial import from_json, program_hash, to_json
from pgt_dsl.verify.run import verify

SPEC = """task "st/NAME"
pick hue ~ [red, blue]
let off ~ 1vmin .. 30vmin
let side ~ coin
shape a: circle { radius = 2vmin, color = hue, at ~ anywhere(canvas, 34vmin) }
shape b: square { size = 3vmin, color = green, at = a.at + (if side then off else -off, 0vmin) }
ask "Is the circle left of the square?" answer a.x < b.x clear 1vmin even
MORE"""
STAGES = """[[stage]]
name = "easy"
clear = [12, inf]
share = 0.5
[[stage]]
name = "middle"
clear = [4, 12]
[[stage]]
name = "hard"
clear = [1, 4]
count = 6
"""
BOUNDS = {"easy": (12, math.inf), "middle": (4, 12), "hard": (1, 4)}


def recipe(folder: Path, tasks: str, stages: str = STAGES, head: str = "") -> Path:
    for name, more in (("one", ""), ("two", 'ask "Which colour is it?" answer a.color wrong [red, blue]\n')):
        text = SPEC.replace("NAME", name).replace("MORE", more)
        (folder / f"{name}.pgt").write_text(text, encoding="utf-8")
    (folder / "twins.pgt").write_text(SPEC.replace("NAME", "twins").replace("MORE", "twin hue\n"), encoding="utf-8")
    path = folder / "mix.toml"
    path.write_text(f'size = 64\nseed = 4\nformat = "llava"\n{head}\n{tasks}\n{stages}', encoding="utf-8")
    return path


BOTH = '[[task]]\nspecs = "one.pgt"\nsamples = 26\n[[task]]\nspecs = "two.pgt"\nsamples = 14\n'


def built(path: Path, *more: str) -> Path:
    out = path.parent / "out"
    assert run(["build", str(path), "-o", str(out), "--workers", "1", *more]) == 0
    return out


def scenes(out: Path) -> list[dict[str, Any]]:
    """The scenes of all rows, in the order of the rows."""
    return [json.loads(text)["scene"] for text in read_metadata(out).values()]


def least(scene: dict[str, Any]) -> float:
    return min(math.inf if ask["margin"] is None else ask["margin"] for ask in scene["asks"])


def test_each_stage_has_its_samples_of_its_margins_and_in_its_order(tmp_path: Path) -> None:
    out = built(recipe(tmp_path, BOTH))
    rows = scenes(out)
    assert [(name, len(list(members))) for name, members in groupby(row["stage"] for row in rows)] == [
        ("easy", 20), ("middle", 14), ("hard", 6),
    ]  # fmt: skip
    for row in rows:
        low, high = BOUNDS[row["stage"]]
        assert low <= least(row) < high and row["task"].endswith("/" + row["stage"])
    for name in BOUNDS:
        mine = [(row["task"], row["index"]) for row in rows if row["stage"] == name]
        assert mine != sorted(mine) and len({task for task, _ in mine}) == 2
        assert [task for task, _ in groupby(mine, lambda pair: pair[0])] != ["st/one", "st/two"]
    assert "| easy | 20 |\n| middle | 14 |\n| hard | 6 |" in (out / "README.md").read_text(encoding="utf-8")
    planned = {entry.name: (entry.planned, entry.count) for entry in read_manifest(out).tasks}
    assert planned["st/one/easy"] == (13, 13) and planned["st/two/hard"] == (2, 2) and len(planned) == 6
    assert verify(out).faults == ()


def test_the_order_hangs_on_the_seed_and_not_on_batches_or_formats(tmp_path: Path) -> None:
    path = recipe(tmp_path, BOTH)
    first = [(row["task"], row["index"]) for row in scenes(built(path))]
    other = [(row["task"], row["index"]) for row in scenes(built(path, "--overwrite", "--format", "webdataset"))]
    assert other == first
    again = [(row["task"], row["index"]) for row in scenes(built(path, "--overwrite", "--seed", "9"))]
    assert again != first and sorted(again) == sorted(first)


def test_another_order_is_found(tmp_path: Path) -> None:
    out = built(recipe(tmp_path, BOTH))
    record, lines = out / "llava.json", out / "scenes.jsonl"
    records, told = json.loads(record.read_text()), lines.read_text().splitlines()
    record.write_text(json.dumps([records[1], records[0], *records[2:]]))
    (fault,) = verify(out).faults
    assert fault.check == "files" and "another order than in scenes.jsonl" in fault.message
    lines.write_text("\n".join([told[1], told[0], *told[2:]]) + "\n")
    (fault,) = verify(out).faults
    assert fault.check == "rows" and fault.expected == "stage after stage, in the order that the seed gives each"
    record.write_text(json.dumps([*records[20:], *records[:20]]))
    lines.write_text("\n".join([*told[20:], *told[:20]]) + "\n")
    assert [fault.check for fault in verify(out).faults] == ["rows"]


def test_a_margin_outside_of_the_stage_is_found(tmp_path: Path) -> None:
    path = recipe(tmp_path, BOTH)
    task = next(task for task in tasks_of(read_order((path,), None)) if task.name == "st/one/middle")
    pipeline = task.pipeline(0, 64)
    pipeline.certify(pipeline.scenes(range(4)))
    from dataclasses import replace

    from pgt_dsl.scene.certify import certify

    scene = pipeline.scenes([0])[0]
    for margin, found in ((4.0, 0), (11.9, 0), (12.0, 1), (3.9, 1), (None, 1)):
        changed = replace(scene, asks=(replace(scene.asks[0], margin=margin),))
        told = [str(one) for one in certify(task.program, changed, task.registry, pipeline.photos)]
        assert len(told) == found and all("4 to 12 margins" in one for one in told)


def test_twins_and_sweeps_stay_together_in_a_stage(tmp_path: Path) -> None:
    tasks = (
        '[[task]]\nspecs = "twins.pgt"\nsamples = 24\n'
        '[[task]]\nspecs = "one.pgt"\nname = "st/swept"\nsamples = 24\nsweep = "hue"\n'
    )
    out = built(recipe(tmp_path, tasks, STAGES.replace("count = 6", "count = 12")))
    rows = scenes(out)
    runs = [len(list(members)) for _, members in groupby(rows, lambda row: row["twin_of"])]
    assert set(runs) == {2} and len(rows) == 48
    assert verify(out).faults == ()


def test_splits_of_stages_are_exact_and_what_is_held_out_has_stages_too(tmp_path: Path) -> None:
    splits = '[[split]]\nname = "train"\n[[split]]\nname = "val"\ncount = 7\n'
    held = '[[split]]\nname = "held"\ncount = 5\nwhere = "hue == red"\n'
    out = built(recipe(tmp_path, BOTH, STAGES + splits + held))
    assert {split.name: split.count for split in read_manifest(out).splits} == {"train": 28, "val": 7, "held": 5}
    assert verify(out).faults == ()
    names = {path.stem.removeprefix("llava").lstrip("-") or "train": path for path in out.glob("llava*.json")}
    stages = {row["task"].replace("/", ".") + f"-{row['index']:08d}": row["stage"] for row in scenes(out)}
    for name, path in names.items():
        seen = [stages[record["id"]] for record in json.loads(path.read_text())]
        assert [stage for stage, _ in groupby(seen)] == [stage for stage in BOUNDS if stage in seen], name
    assert Counter(row["stage"] for row in scenes(out)) == {"easy": 20, "middle": 14, "hard": 6}
    assert {row["task"] for row in scenes(out)} >= {"st/one/held/easy", "st/one/easy"}


def test_a_count_of_the_command_line_keeps_the_parts(tmp_path: Path) -> None:
    order = read_order((recipe(tmp_path, BOTH),), 20)
    assert isinstance(order.count, list) and sum(order.count) == 20
    counts: Counter[str] = Counter()
    for task, count in zip(tasks_of(order), order.count, strict=True):
        assert task.program.stage is not None
        counts[task.program.stage.name] += count
    assert counts == {"easy": 10, "middle": 7, "hard": 3}


def test_a_stage_without_bounds_only_orders(tmp_path: Path) -> None:
    stages = '[[stage]]\nname = "warm"\nshare = 0.25\n[[stage]]\nname = "rest"\nclear = 2\n'
    out = built(recipe(tmp_path, BOTH, stages))
    rows = scenes(out)
    assert [row["stage"] for row in rows] == ["warm"] * 10 + ["rest"] * 30
    assert min(map(least, rows[:10])) < 30 and min(map(least, rows[10:])) >= 2


def test_what_will_come_out_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recipe", "check", str(recipe(tmp_path, BOTH))]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "stage easy: 20 samples (50.0%) of 2 tasks, clear by 12 margins and more" in told
    assert "stage middle: 14 samples (35.0%) of 2 tasks, clear by 4 to 12 margins" in told
    assert "stage hard: 6 samples (15.0%) of 2 tasks, clear by 1 to 4 margins" in told


def test_a_task_without_scenes_of_the_stage_says_how_clear_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stages = STAGES.replace("[12, inf]", "[400, 500]")
    assert run(["recipe", "check", str(recipe(tmp_path, BOTH, stages))]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "the stage `easy`: clear by 400 to 500 margins (stage): lets none of" in told
    found = re.search(r"without stages its answers are clear by ([0-9.]+) to ([0-9.]+) margins", told)
    assert found is not None and 1 <= float(found[1]) < 6 and 25 < float(found[2]) < 30
    assert told.count("400 to 500 margins (stage)") == 2 and "error: st/one/middle" not in told


def test_records_of_others_are_woven_into_each_beginning(tmp_path: Path) -> None:
    talk = [{"conversations": [{"from": "human", "value": f"Is it {k}?"}, {"from": "gpt", "value": "Yes."}]}
            for k in range(50)]  # fmt: skip
    (tmp_path / "theirs.json").write_text(json.dumps(talk), encoding="utf-8")
    out = built(recipe(tmp_path, BOTH, STAGES + '[[mix]]\ndata = "theirs.json"\nshare = 0.5\n'))
    ids = [record["id"] for record in json.loads((out / "llava.json").read_text())]
    assert ["+" in name for name in ids] == [False, True] * 40
    assert verify(out).faults == ()


def test_a_program_with_a_stage_is_written_and_read(tmp_path: Path) -> None:
    task = tasks_of(read_order((recipe(tmp_path, BOTH),), None))[2]
    again = from_json(json.loads(json.dumps(to_json(task.program))))
    assert again == task.program and again.stage == Stage("middle", 4, 12)
    assert program_hash(again) == task.hash
