"""`clear = 4` in a recipe gives scenes whose answers hold by four times what the spec asks for; rows stand in the order
of the tasks, so easy ones may come first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pgt_dsl.cli.main import run
from pgt_dsl.verify.run import verify

SPEC = """task "c/left"
shape a: circle { color = red }
shape b: square { color = blue }
require apart(a, b) >= 1vmin
ask "Is {a} left of {b}?" answer a.x < b.x even clear CLEAR
"""
RECIPE = """size = 100
format = "llava"
[[task]]
specs = "left.pgt"
name = "c/easy"
clear = 4
samples = 30
[[task]]
specs = "left.pgt"
samples = 30
"""


@pytest.mark.parametrize("clear", ["4vmin", "let-4vmin"])
def test_margins_are_multiplied_and_easy_scenes_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clear: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = SPEC.replace("CLEAR", "m" if "let" in clear else clear)
    Path("left.pgt").write_text(text.replace("shape a", "let m ~ [4vmin]\nshape a", 1) if "let" in clear else text)
    Path("mix.toml").write_text(RECIPE, encoding="utf-8")
    assert run(["recipe", "check", "mix.toml"]) == 0
    assert "c/easy: answers are clear by 4 times as much" in capsys.readouterr().out
    assert run(["build", "mix.toml", "-o", "out", "-q", "--workers", "1"]) == 0
    ids = [row["id"] for row in json.loads(Path("out/llava.json").read_text(encoding="utf-8"))]
    assert [name.split("-")[0] for name in ids] == ["c.easy"] * 30 + ["c.left"] * 30
    gaps: dict[str, list[float]] = {"c/easy": [], "c/left": []}
    for line in Path("out/scenes.jsonl").read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        scene = kept["scene"] if "scene" in kept else json.loads(kept["metadata"])["scene"]
        a, b = (next(s["fields"]["at"][0] for s in scene["shapes"] if s["group"] == name) for name in "ab")
        gaps[scene["task"]].append(abs(a - b))
    assert min(gaps["c/easy"]) >= 16 - 1e-6 and 4 - 1e-6 <= min(gaps["c/left"]) < 16
    assert verify(Path("out")).ok
