"""A build into a URL: each shard is sent once, whole, as it is done; the manifest last; what was stopped goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import given_sets
from pgt_dsl.cli.main import run
from pgt_dsl.dataset import journal
from pgt_dsl.dataset import worker as worker_module
from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.build import Interrupted, Progress, build
from pgt_dsl.dataset.manifest import Manifest
from pgt_dsl.dataset.mix.source import Mix
from pgt_dsl.dataset.shipping import MARKER, work_folder
from pgt_dsl.dataset.storage import Store
from pgt_dsl.diagnostics import PgtError
from tests.dataset.stores import held, local
from tests.dataset.test_build import Stages, task

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")

SPEC = Path(__file__).parents[2] / "task_specs" / "spatial" / "left_of.pgt"
ROWS = 6
DATA = ("README.md", MANIFEST)  # what names the place


@pytest.fixture(autouse=True)
def stages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Scenes by hand, an entry of the journal after every job, and a cache of its own."""
    monkeypatch.setattr(worker_module, "Pipeline", Stages)
    monkeypatch.setattr(journal, "SHARE", float("inf"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def make(out: Path | str, stop: Callable[[Progress], None] | None = None, **options: Any) -> Manifest:
    count = options.pop("count", 40)
    options = {"format": "webdataset", "batch": 4, "size": 64, "shard_rows": ROWS, "progress": stop, **options}
    return build([task("a/x"), task("b/y")], count, out, **options)


def after(samples: int, error: type[BaseException] = KeyboardInterrupt) -> Callable[[Progress], None]:
    def stop(progress: Progress) -> None:
        if progress.done >= samples:
            raise error

    return stop


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are sent, as they have arrived."""
    found: list[str] = []
    put = Store.put

    def noting(store: Store, path: Path, name: str) -> Any:
        there = put(store, path, name)
        found.append(name)
        return there

    monkeypatch.setattr(Store, "put", noting)
    return found


def same(url: str, folder: Path) -> bool:
    """Whether the files at a URL are those of a folder, but for what names the place."""
    there, here = held(url), local(folder)
    return set(there) == set(here) and all(there[name] == here[name] for name in here if name not in DATA)


@pytest.mark.parametrize("format", ["webdataset", "parquet", "llava", "lmms_eval"])
def test_it_is_what_a_build_into_a_folder_gives(format: str, tmp_path: Path) -> None:
    fsspec.filesystem("memory").rm("/", recursive=True)
    make(tmp_path / "set", format=format, croissant=True)
    made = make("memory://bucket/set", format=format, croissant=True)
    assert same("memory://bucket/set", tmp_path / "set")
    assert made.to_json().encode() == held("memory://bucket/set")[MANIFEST]
    assert MARKER not in held("memory://bucket/set")
    assert not list((tmp_path / "cache" / "pgt-dsl" / "builds").iterdir()), "nothing is left here"


def test_what_was_stopped_goes_on_and_sends_nothing_twice(url: str, sent: list[str], tmp_path: Path) -> None:
    make(tmp_path / "set")
    for done, words in ((13, "16 of 40"), (28, "28 of 40")):
        with pytest.raises(Interrupted, match=f"{words} samples are kept: the same command again goes on from there"):
            make(url, after(done))
        assert MANIFEST not in held(url) and MARKER in held(url)
    seen: list[int] = []
    make(url, lambda p: seen.append(p.found))
    assert set(seen) == {28}
    assert same(url, tmp_path / "set")
    assert len(sent) == len(set(sent)) and {name for name in sent if name.endswith(".tar")} == {
        f"train-{k:06d}.tar" for k in range(7)
    }


def test_shards_are_there_before_the_end_and_not_here_any_more(tmp_path: Path, sent: list[str]) -> None:
    """So the folder does not grow with the data set: the first shard, what is on its way, and the one at work."""
    fsspec.filesystem("memory").rm("/", recursive=True)
    sizes: list[int] = []
    there: list[int] = []

    def look(progress: Progress) -> None:
        sizes.append(sum(len(data) > 0 for data in local(work_folder("memory://bucket/set")).values()))
        there.append(len(sent))

    make("memory://bucket/set", look, count=200, format="parquet")
    assert len(sent) > 30 and there[-1] > 20
    assert max(sizes) < 18


def test_the_same_plan_on_another_machine_goes_on(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has nothing of the first one's, and may write the same files again."""
    make(tmp_path / "set")
    with pytest.raises(Interrupted):
        make(url, after(20))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    make(url)
    assert same(url, tmp_path / "set")


def test_what_fails_on_another_machine_takes_nothing_away(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Interrupted):
        make(url, after(20))
    before = held(url)
    with monkeypatch.context() as patch, pytest.raises(PgtError, match="nothing half-done"):
        patch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
        patch.setattr(journal.Journal, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        make(url)
    assert held(url) == before
    make(url)
    make(tmp_path / "set")
    assert same(url, tmp_path / "set")


def test_another_plan_is_refused_until_it_is_thrown_away(url: str, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        make(url, after(20))
    before = held(url)
    with pytest.raises(PgtError, match=r"(?s)unfinished build.*seed \(0 there, 1 now\).*--restart"):
        make(url, seed=1, work=tmp_path / "other")
    with pytest.raises(PgtError, match=r"(?s)unfinished build.*seed"):
        make(url, seed=1)
    assert held(url) == before
    make(url, seed=1, restart=True, count=12)
    make(tmp_path / "set", seed=1, count=12)
    assert same(url, tmp_path / "set"), "no shard of the first plan is left"


def test_a_data_set_is_replaced_only_when_asked_and_what_is_not_its_own_stays(url: str, tmp_path: Path) -> None:
    make(url)
    before = held(url)
    with pytest.raises(PgtError, match="already holds a data set; --overwrite replaces it"):
        make(url, count=12)
    assert held(url) == before
    store = Store(url)
    store.replace("thesis.tex", b"years of work")
    with pytest.raises(Interrupted):
        make(url, after(8), count=12, overwrite=True)
    assert MANIFEST not in held(url), "nobody may read a mixture"
    make(url, count=12)
    make(tmp_path / "set", count=12)
    assert held(url)["thesis.tex"] == b"years of work"
    store.remove(["thesis.tex"])
    assert same(url, tmp_path / "set"), "no shard of the larger one is left"


def test_a_place_with_something_in_it_is_refused(url: str) -> None:
    store = Store(url)
    store.fs.makedirs(store.root, exist_ok=True)
    store.replace("thesis.tex", b"years of work")
    with pytest.raises(PgtError, match=r"is not empty \(it has `thesis\.tex`\)"):
        make(url)
    assert held(url) == {"thesis.tex": b"years of work"}


@pytest.mark.parametrize("spoil", ["gone", "another"])
def test_a_shard_that_is_not_there_any_more_is_told(spoil: str, url: str, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        make(url, after(28))
    store = Store(url)
    here = local(work_folder(url))
    name = next(Path(name).name for name, data in here.items() if name.endswith(".tar") and not data)
    store.remove([name])
    if spoil == "another":
        store.replace(name, b"half")
    words = "not there any more" if spoil == "gone" else "another one now"
    with pytest.raises(PgtError, match=rf"`{name}` had arrived at .* {words}; --restart"):
        make(url)
    make(url, restart=True)
    make(tmp_path / "set")
    assert same(url, tmp_path / "set")


def test_somebody_elses_manifest_is_not_overwritten(url: str, tmp_path: Path) -> None:
    """It appears while ours is made; with --overwrite ours is put in place, which waits here."""

    def other(progress: Progress) -> None:
        if progress.done == 40:
            Store(url).create(MANIFEST, b'{"pgt_version": "0"}')

    with pytest.raises(PgtError, match=r"(?s)somebody else.*everything is made"):
        make(url, other)
    assert held(url)[MANIFEST] == b'{"pgt_version": "0"}'
    seen: list[int] = []
    make(url, lambda p: seen.append(p.done), overwrite=True)
    make(tmp_path / "set")
    assert same(url, tmp_path / "set") and not seen


def test_a_dead_line_keeps_what_has_arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: list[str]) -> None:
    fsspec.filesystem("memory").rm("/", recursive=True)
    put = Store.put

    def fail(store: Store, path: Path, name: str) -> Any:
        if name == "train-000003.tar":
            raise ConnectionError("the line is dead")
        return put(store, path, name)

    with monkeypatch.context() as patch, pytest.raises(PgtError, match=r"(?s)cannot write to .*line is dead.*kept"):
        patch.setattr(Store, "put", fail)
        make("memory://bucket/set")
    make("memory://bucket/set")
    make(tmp_path / "set")
    assert same("memory://bucket/set", tmp_path / "set") and len(sent) == len(set(sent))


def test_what_gives_no_sample_leaves_nothing(url: str) -> None:
    with pytest.raises(PgtError, match="no task gave a sample"):
        build([task("bad/impossible")], 4, url, size=64)
    assert held(url) == {}


def test_killed_at_any_instant(bucket: str, tmp_path: Path) -> None:
    """SIGKILL, by the command that users give, into S3; each shard arrives once."""
    command = [sys.executable, "-m", "pgt_dsl.cli.main", "build", str(SPEC), "-n", "4100", "--size", "32", "-q",
               "--workers", "1", "--format", "webdataset"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = 0
    for shards in (1, 2):
        child = subprocess.Popen([*command, "--out", bucket], env=environment, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 120
        while child.poll() is None and time.monotonic() < end:
            if sum(name.endswith(".tar") for name in Store(bucket).listing()) >= shards:
                child.send_signal(signal.SIGKILL)
            time.sleep(0.05)
        killed += child.wait() == -signal.SIGKILL
    assert killed and MANIFEST not in held(bucket)
    for out in (bucket, str(tmp_path / "set")):
        done = subprocess.run([*command, "--out", out], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert same(bucket, tmp_path / "set") and sum(name.endswith(".tar") for name in held(bucket)) == 5


def test_the_manifest_says_how_to_load_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets", reason="datasets is not installed")
    fsspec.filesystem("memory").rm("/", recursive=True)
    made = make("memory://bucket/set", format="parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    found: dict[str, Any] = {}
    exec(made.usage, found)
    assert len(found["rows"]) == 40


def test_splits_go_with_the_others(tmp_path: Path) -> None:
    fsspec.filesystem("memory").rm("/", recursive=True)
    options: dict[str, Any] = {"splits": {"train": 26, "test": 14}, "format": "parquet", "croissant": True}
    make("memory://bucket/set", **options)
    make(tmp_path / "set", **options)
    assert same("memory://bucket/set", tmp_path / "set")


def test_images_of_the_users_go_along_or_are_asked_for(tmp_path: Path) -> None:
    """A path of this machine says nothing to whoever reads a URL."""
    data = given_sets.write(tmp_path / "theirs", "llava", given_sets.records(tmp_path / "theirs", 12, images=4))
    fsspec.filesystem("memory").rm("/", recursive=True)
    with pytest.raises(PgtError, match=r"(?s)images of `m` by their paths here.*copy = true"):
        make("memory://bucket/set", format="llava", mixes=[Mix("m", str(data), samples=6)])
    assert held("memory://bucket/set") == {}
    mixes = [Mix("m", str(data), samples=6, copy=True)]
    make("memory://bucket/set", format="llava", mixes=mixes)
    make(tmp_path / "set", format="llava", mixes=mixes)
    assert same("memory://bucket/set", tmp_path / "set")


def test_a_damaged_manifest_there_is_no_traceback() -> None:
    fsspec.filesystem("memory").rm("/", recursive=True)
    store = Store("memory://bucket/set")
    store.replace(MANIFEST, b"[half")
    with pytest.raises(PgtError, match="already holds a data set"):
        make("memory://bucket/set")
    assert make("memory://bucket/set", overwrite=True).count == 40


@pytest.mark.parametrize(
    ("place", "words"),
    [("gopher://x/y", "gopher"), ("file:///proc/nowhere/set", "cannot write"), ("s3:/bucket/set", "is no URL")],
)
def test_what_is_no_store(place: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["build", str(SPEC), "-n", "2", "--out", place, "-q"]) == 1
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said and "a bug" not in said
    assert [path.name for path in tmp_path.iterdir()] in ([], ["cache"])


@pytest.mark.usefixtures("server")
def test_no_bucket_is_made() -> None:
    with pytest.raises(PgtError, match="bucket"):
        make("s3://no-such-bucket/set")
    assert not fsspec.filesystem("s3").exists("no-such-bucket")


def test_a_url_is_a_text_and_a_folder_needs_no_other(tmp_path: Path) -> None:
    with pytest.raises(PgtError, match="give it as a text"):
        make(Path("s3://bucket/set"))
    with pytest.raises(PgtError, match="--work names"):
        make(tmp_path / "set", work=tmp_path)


def test_the_command_tells_where_it_is(capsys: Any) -> None:
    fsspec.filesystem("memory").rm("/", recursive=True)
    assert run(["build", str(SPEC), "-n", "2", "--size", "48", "--out", "memory://bucket/set", "-q"]) == 0
    assert "memory://bucket/set/manifest.json" in capsys.readouterr().err.replace("\n", "")
    assert json.loads(held("memory://bucket/set")[MANIFEST])["count"] == 2
