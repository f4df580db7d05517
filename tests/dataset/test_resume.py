"""A build that was stopped goes on to the same bits; with another plan it does not; Ctrl-C says how to go on."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pgt_dsl
from pgt_dsl.cli.main import run
from pgt_dsl.dataset import build as build_module
from pgt_dsl.dataset import journal
from pgt_dsl.dataset import worker as worker_module
from pgt_dsl.dataset.atomic import MOVING, STAGING, is_data_set, unfinished
from pgt_dsl.dataset.build import Interrupted, Progress, build
from pgt_dsl.dataset.crew import Crew
from pgt_dsl.dataset.manifest import Manifest
from pgt_dsl.dataset.watch import Watch
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import Extension, FormatSpec
from pgt_dsl.plugins.registry import Registry, registry
from tests.dataset.killed import tree
from tests.dataset.test_build import Stages, task

FORMATS = ("parquet", "llava", "imagefolder", "sharegpt", "messages", "webdataset", "vlmevalkit", "lmms_eval")
Stop = Callable[[Progress], None]


@pytest.mark.parametrize("format", [*FORMATS, "llava+mix", "parquet+mix", "parquet+stages"])
def test_killed_at_any_operation_on_files(format: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.dataset.killed", str(tmp_path), format, "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(outcomes) == 13 and all(outcome["same"] for outcome in outcomes), done.stdout
    assert sum(outcome["killed"] for outcome in outcomes) >= 11
    assert sum(any(outcome["found"]) for outcome in outcomes) >= 2


# in this process, stopped by the callback -----------------------------------------------------------------


def after(samples: int, error: BaseException | None = None) -> Stop:
    """Ctrl-C, or an error, once so many samples are there."""

    def stop(progress: Progress) -> None:
        if progress.done >= samples:
            raise error or KeyboardInterrupt

    return stop


def make(out: Path, progress: Stop | None = None, **options: Any) -> Manifest:
    names = options.pop("names", ("a/x", "b/y"))
    return build([task(n) for n in names], 40, out, **{"batch": 4, "size": 64, "progress": progress, **options})


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "Pipeline", Stages)


@pytest.mark.usefixtures("stages")
@pytest.mark.parametrize("image", ["png", "jpeg", "webp"])
def test_ctrl_c_and_again(tmp_path: Path, image: str) -> None:
    seen: list[tuple[int, int]] = []
    made = make(tmp_path / "whole" / "set", image=image)
    out = tmp_path / "stopped" / "set"
    with pytest.raises(Interrupted, match="12 of 40 samples are kept: the same command again goes on from there"):
        make(out, after(12), image=image)
    assert unfinished(out) == (12, 40) and not is_data_set(out)
    with pytest.raises(Interrupted, match="28 of 40"):
        make(out, after(28), image=image)
    again = make(out, lambda p: seen.append((p.found, p.done)), image=image)
    assert seen[0] == (28, 28) and seen[-1] == (28, 40)
    assert again.model_copy(update={"usage": made.usage}) == made
    one, two = tree(tmp_path / "whole" / "set"), tree(out)
    assert set(one) == set(two) and all(one[k] == two[k] for k in one if k not in ("README.md", "manifest.json"))


@pytest.mark.usefixtures("stages")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": 3}, r"seed \(0 there, 3 now\)"),
        ({"size": 96}, r"size \(64 there, 96 now\)"),
        ({"styles": {"short": 1, "options": 1}}, "styles"),
        ({"image": "jpeg"}, r"image \(png there, jpeg now\)"),
        ({"format": "llava"}, r"format \(parquet there, llava now\)"),
        ({"names": ("a/x", "c/z")}, "not the same tasks"),
        ({"shard_rows": 7}, r"rows a shard \(1000 there, 7 now\)"),
    ],
)
def test_another_plan_is_refused_and_what_is_there_stays(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(Interrupted):
        make(tmp_path / "set", after(12))
    before = tree(tmp_path / "set")
    with pytest.raises(PgtError, match=rf"(?s)unfinished build \(12 of 40 samples\) of another.*{words}.*--restart"):
        make(tmp_path / "set", **options)
    assert {k: v for k, v in tree(tmp_path / "set").items() if not k.endswith("/pid")} == before
    seen: list[int] = []
    make(tmp_path / "set", lambda p: seen.append(p.found), restart=True, **options)
    assert set(seen) == {0} and is_data_set(tmp_path / "set")
    assert not (tmp_path / "set" / STAGING).exists()


@pytest.mark.usefixtures("stages")
def test_another_version_is_another_plan(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        make(tmp_path / "set", after(12))
    path = tmp_path / "set" / STAGING / "plan.json"
    path.write_text(path.read_text().replace(pgt_dsl.__version__, "9.9.9"), encoding="utf-8")
    with pytest.raises(PgtError, match="not the same versions"):
        make(tmp_path / "set")


@pytest.mark.usefixtures("stages")
def test_a_full_disk_keeps_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(PgtError, match=r"(?s)cannot write into .*No space left.*12 of 40 samples are kept"):
        make(tmp_path / "set", after(12, OSError(28, "No space left on device")))
    assert make(tmp_path / "set").count == 40


@pytest.mark.usefixtures("stages")
def test_a_folder_that_is_closed_meanwhile_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be written then, nor removed: not even the note of the process that is at work."""
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "pid":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    with monkeypatch.context() as patch, pytest.raises(PgtError, match=r"(?s)cannot write into .*12 of 40"):
        patch.setattr(Path, "unlink", refuse)
        make(tmp_path / "set", after(12, PermissionError(13, "Permission denied")))
    assert make(tmp_path / "set").count == 40


@pytest.mark.usefixtures("stages")
def test_an_entry_that_cannot_be_written_spoils_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer may remove what the mark before the last one needs; so a mark that was not entered is the last."""
    monkeypatch.setattr(journal, "SHARE", float("inf"))
    write = journal.write_json

    def refuse(path: Path, value: Any) -> None:
        if value["samples"] >= 16:
            raise PermissionError(13, "Permission denied")
        write(path, value)

    with monkeypatch.context() as patch, pytest.raises(PgtError, match="12 of 40 samples are kept"):
        patch.setattr(journal, "write_json", refuse)
        make(tmp_path / "set", shard_rows=14)
    assert make(tmp_path / "set", shard_rows=14).count == 40


@pytest.mark.usefixtures("stages")
@pytest.mark.parametrize("done", [0, 12])
def test_a_disk_that_is_full_at_the_start_is_told_and_nothing_is_lost(
    done: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if done:
        with pytest.raises(Interrupted):
            make(tmp_path / "set", after(done))

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(PgtError, match=r"cannot write into .*No space left"):
        patch.setattr(build_module, "open_writer", refuse)
        make(tmp_path / "set")
    seen: list[int] = []
    assert make(tmp_path / "set", lambda p: seen.append(p.found)).count == 40 and set(seen) == {done}


@pytest.mark.usefixtures("stages")
def test_what_is_damaged_is_told(tmp_path: Path) -> None:
    for name in ("journal.json", "work/rows-00000.arrow"):
        with pytest.raises(Interrupted):
            make(tmp_path / "set", after(28), overwrite=True)
        path = tmp_path / "set" / STAGING / name
        data = path.read_bytes()
        path.write_bytes(data.replace(b'"task"', b'"tusk"') if name == "journal.json" else data[: len(data) // 2])
        with pytest.raises(PgtError, match=r"is damaged.*--restart"):
            make(tmp_path / "set", overwrite=True)
        assert make(tmp_path / "set", restart=True, overwrite=True).count == 40


@pytest.mark.usefixtures("stages")
def test_a_failed_task_is_not_tried_again(tmp_path: Path) -> None:
    names = ("bad/fails_at_5", "a/x")
    with pytest.raises(Interrupted):
        make(tmp_path / "set", after(16), names=names)
    made = make(tmp_path / "set", names=names)
    assert [(t.count, t.error) for t in made.tasks] == [(4, "the budget of attempts is spent"), (20, "")]


@pytest.mark.usefixtures("stages")
def test_the_journal_does_not_grow(tmp_path: Path) -> None:
    sizes = []
    for samples in (40, 400):
        out = tmp_path / str(samples)
        with pytest.raises(Interrupted):
            build([task("a/x")], 1000, out, batch=4, size=64, progress=after(samples))
        sizes.append(sum((out / STAGING / name).stat().st_size for name in ("journal.json", "tasks.jsonl")))
    assert sizes[1] < sizes[0] + 40


PLUGINS = Registry.load(
    [("p", Extension("p", renderers=tuple(registry().renderers.values()), formats=(
        FormatSpec("plain", "", "tests.dataset.writers:Plain"),
        FormatSpec("resuming", "", "tests.dataset.writers:Resuming"),
    )))]
)  # fmt: skip


@pytest.mark.usefixtures("stages")
@pytest.mark.parametrize(("format", "kept"), [("plain", 0), ("resuming", 12)])
def test_a_format_of_a_stranger(tmp_path: Path, format: str, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.dataset.test_build.PLUGINS", PLUGINS)
    make(tmp_path / "whole", format=format)
    out = tmp_path / "set"
    says = "12 of 40 samples are kept" if kept else "nothing half-done was left behind"
    with pytest.raises(Interrupted, match=says):
        make(out, after(12), format=format)
    assert out.exists() == bool(kept)
    found: list[int] = []
    make(out, lambda p: found.append(p.found), format=format)
    assert found[0] == kept
    assert (out / "answers.txt").read_bytes() == (tmp_path / "whole" / "answers.txt").read_bytes()


@pytest.mark.usefixtures("stages")
def test_what_is_made_is_put_in_place_by_whoever_comes_next(tmp_path: Path) -> None:
    out = tmp_path / "set"
    make(out)
    whole = tree(out)
    (out / STAGING / "new").mkdir(parents=True)
    for name in ("data", "manifest.json"):  # as if it had been killed in the middle of the moving
        os.replace(out / name, out / STAGING / "new" / name)
    (out / STAGING / MOVING).write_text('{"remove": []}')
    assert not is_data_set(out)
    with pytest.raises(PgtError, match="already holds a data set"):
        make(out, seed=1)
    assert tree(out) == whole and not (out / STAGING).exists()


# for real -------------------------------------------------------------------------------------------------

SPECS = {
    "one.pgt": """\
task "t/one"
shape a: circle { radius ~ 4vmin .. 8vmin }
shape b: circle { radius = 12vmin }
require apart(a, b) >= 2vmin
ask "Which is larger, {a} or {b}?"
  answer largest([a, b]) clear 10%
""",
    "two.pgt": """\
task "t/two"
shape s: figure
ask "Where is {s}?"
  answer s.at within 3vmin
""",
}


def test_a_killed_build_of_real_specs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two workers, killed from outside; they end by themselves; one process goes on; the yields are the same, too."""
    monkeypatch.chdir(tmp_path)
    for name, text in SPECS.items():
        Path(name).write_text(text, encoding="utf-8")
    options = ["build", "one.pgt", "two.pgt", "-n", "2000", "--size", "64", "-q"]
    command = [sys.executable, "-m", "pgt_dsl.cli.main", *options, "-o", "set", "--workers", "2"]
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while unfinished(Path("set")) is None and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        child.kill()
        assert child.wait(timeout=30) == -signal.SIGKILL, "it was done too soon"
        _wait_for_the_end_of(child.pid)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
    assert run([*options, "-o", "set", "--workers", "1"]) == 0
    assert "going on with the build that was stopped: " in capsys.readouterr().err
    assert run([*options, "-o", "whole/set", "--workers", "1"]) == 0
    one, two = tree(Path("set")), tree(Path("whole/set"))
    assert set(one) == set(two)
    assert all(one[name] == two[name].replace(b"whole/set", b"set") for name in one)
    warnings = json.loads(one["manifest.json"])["tasks"][0]["warnings"]
    assert any(w.startswith("S504 one.pgt:5:1: `b` is the answer in 100% of 1000 scenes") for w in warnings)


def _wait_for_the_end_of(group: int) -> None:
    """Wait until a process group has no member left; fail when it takes too long."""
    for _ in range(400):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("workers outlive a parent that was killed")


def test_a_worker_that_is_killed_is_told_and_the_build_goes_on(tmp_path: Path) -> None:
    specs = [pgt_dsl.load(text) for text in SPECS.values()]

    def kill(progress: Progress) -> None:
        for child in multiprocessing.active_children():
            child.kill()

    with pytest.raises(PgtError, match=r"(?s)a worker process was ended from outside.*samples are kept"):
        build(specs, 400, tmp_path / "set", size=64, workers=2, batch=16, progress=kill)
    assert not multiprocessing.active_children()
    found: list[int] = []
    assert build(specs, 400, tmp_path / "set", size=64, progress=lambda p: found.append(p.found)).count == 400
    assert found[0] >= 16


def test_a_worker_that_is_killed_before_it_has_begun_is_told() -> None:
    """Its setup is more than a pipe holds, so whoever sends it would wait for somebody to read it."""
    with pytest.raises(PgtError, match="a worker process was ended from outside"), Crew(bytes(1 << 21), 1) as crew:
        for child in multiprocessing.active_children():
            child.kill()
        list(crew.results(iter([]), lambda task: False))
    assert not multiprocessing.active_children()


def test_a_watch_goes_on_where_it_was() -> None:
    spec = pgt_dsl.load(SPECS["one.pgt"])
    scenes = spec.pipeline(0, 96).scenes(range(60))
    whole, first, second = (Watch(spec.program, spec.registry, None, 24) for _ in range(3))
    whole.add(scenes)
    first.add(scenes[:20])
    second.restore(json.loads(json.dumps(first.state())))
    second.add(scenes[20:])
    assert second.state() == whole.state()
    assert (
        [d.message for d in second.diagnostics(spec.source, 96)]
        == [d.message for d in whole.diagnostics(spec.source, 96)]
        != []
    )
