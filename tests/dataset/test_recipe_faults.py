"""Every fault of a recipe gives its report: ``golden/NAME.toml`` and beside it ``NAME.txt``; ``pgt recipe check`` and
``pgt build`` say the same, and nothing is built.

``UPDATE_GOLDEN=1`` writes the reports anew; read the difference before committing it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from pgt_dsl.cli.main import run

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.toml"))
SPEC = 'task "t/one"\nshape s: figure\nask "Where is {s}?"\n  answer s.at within 3vmin\n'


def talk(question: str, **more: object) -> dict[str, object]:
    return {"conversations": [{"from": "human", "value": question}, {"from": "gpt", "value": "Yes."}], **more}


PICKS = """task "t/picks"
pick n ~ 2 .. 5
pick hue ~ [red, blue, green]
pick far ~ bins(10vmin .. 40vmin, 6)
let gap ~ 2vmin .. 6vmin
let k = 3vmin
shape a: circle[n] { color = hue, radius = 3vmin }
ask "How many?" answer count(a)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec, with good records and bad ones."""
    monkeypatch.chdir(tmp_path)
    Path("one.pgt").write_text(SPEC, encoding="utf-8")
    Path("picks.pgt").write_text(PICKS, encoding="utf-8")
    Image.new("RGB", (8, 6)).save("a.png")
    good = [talk("<image>\nIs it?", image="a.png"), *[talk(f"Is it {k}?") for k in range(7)]]
    Path("good.json").write_text(json.dumps(good), encoding="utf-8")
    Path("cut.json").write_text(json.dumps(good)[:-40], encoding="utf-8")
    bad = [talk("Is it?"), talk("<image>", image="x/b.png"), talk("<image>"), {"conversations": []}]
    Path("bad.json").write_text(json.dumps(bad), encoding="utf-8")
    Path("lines.jsonl").write_text("\n".join(map(json.dumps, good[:2])) + '\n{"conversations": [\n[1, 2]\n{}\n')
    return tmp_path


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    text = re.sub(r"^checking .*\n", "", capsys.readouterr().err, flags=re.M)
    return text.replace(str(folder), "FOLDER").lstrip("\n")  # a bar that is taken away leaves an empty line


@pytest.mark.parametrize("name", CASES)
def test_report(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(GOLDEN / f"{name}.toml", folder)
    assert run(["recipe", "check", f"{name}.toml"]) == 1
    told = said(folder, capsys)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")
    assert f"error[{name[:4].upper()}]" in told
    assert run(["build", f"{name}.toml", "-o", "out"]) == 1
    assert said(folder, capsys) == told
    assert not Path("out").exists()
