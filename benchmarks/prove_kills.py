"""Builds of every format are stopped at random instants, and each goes on to the same samples.

    python benchmarks/prove_kills.py                            # 200 stops over all formats
    python benchmarks/prove_kills.py --journal kills.jsonl      # the same command again goes on where it was ended
    python benchmarks/prove_kills.py --quick                    # one of each way, two formats

Ways: SIGKILL of the building process; of one of its two workers; a full disk (a small tmpfs where one can be mounted,
else a limit on the size of files); permissions that are lost meanwhile (as a user who is not root). A stopped build may
be stopped again, until one comes through. Then every file is that of an undisturbed build, byte by byte: ids, texts,
pixels and the manifest; but for what names the folder. The instants are seeded, what has happened by then is up to the
machine; a build that is done before its instant is no stop, and others are begun until there are as many as asked for.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.api import load_all
from pgt_dsl.dataset.atomic import STAGING, is_data_set
from pgt_dsl.dataset.build import Progress, build
from pgt_dsl.dataset.plan import code_digest
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.resources import data_path

SPECS = ("spatial/left_of", "twins/larger_swapped", "panels/two_images_more")
WAYS = ("process", "worker", "disk", "permission")
NOBODY = 65534
SIZE, BATCH, SHARD = 48, 8, 40
PATIENCE = 180.0  # s that a build may take
MOST = 10  # builds for each stop that is asked for, beyond which they are given up


@dataclass(frozen=True)
class Stop:
    """One build. ended: how often it was stopped; found: samples that the last process found there."""

    format: str
    way: str
    ended: int
    found: int
    faults: tuple[str, ...]


class Prover:
    """Builds of one size, in a folder."""

    def __init__(self, root: Path, samples: int, seed: int) -> None:
        self.root, self.samples, self.seed = root, samples, seed
        self.rng = random.Random()
        self.tasks = load_all([data_path("task_specs") / f"{name}.pgt" for name in SPECS])
        self.whole: dict[str, dict[str, bytes]] = {}
        self.seconds: dict[str, float] = {}

    def undisturbed(self, format: str) -> dict[str, bytes]:
        """The files of a build that nothing disturbs; how long it takes is kept."""
        if format not in self.whole:
            out = self.root / f"whole-{format}" / "set"
            for _ in range(2):  # the first one warms up what later forks share
                shutil.rmtree(out, ignore_errors=True)
                began = time.monotonic()
                self._build(format, out, 1, None)
                self.seconds[format] = time.monotonic() - began
            self.whole[format] = tree(out)
        return self.whole[format]

    def _build(self, format: str, out: Path, workers: int, told: Path | None) -> None:
        first: list[int] = []

        def progress(made: Progress) -> None:
            if not first and told is not None:
                first.append(made.found)
                told.write_text(str(made.found), encoding="ascii")

        build(self.tasks, self.samples, out, format=format, size=SIZE, batch=BATCH, shard_rows=SHARD, workers=workers,
              styles={"short": 1, "options": 1}, progress=progress)  # fmt: skip

    def start(self, format: str, out: Path, workers: int = 1, before: Callable[[], object] = int) -> int:
        """A process that builds; its exit status is 0 when it comes through, 3 when it tells of an error."""
        child = os.fork()
        if child:
            return child
        status = 70
        try:
            before()
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            self._build(format, out, workers, self.root / "found")
            status = 0
        except PgtError as error:
            status = 0 if is_data_set(out) and "already holds a data set" in str(error) else 3
            (self.root / "said").write_text(str(error), encoding="utf-8")
        except BaseException as error:
            with suppress(OSError):
                (self.root / "said").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
        finally:
            os._exit(status)

    def stop(self, format: str, way: str, number: int) -> Stop:
        """Stop a build in one way, once to three times, and let it come through."""
        wanted = self.undisturbed(format)
        self.rng = random.Random(f"kills/{self.seed}/{number}")
        for name in ("found", "said"):
            (self.root / name).unlink(missing_ok=True)
        folder = self.root / f"{number}"
        folder.mkdir()
        os.chmod(folder, 0o777)
        out, faults, ended = folder / "set", list[str](), 0
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            status = getattr(self, f"_{way}")(format, out)
            ended += status != 0
            if status not in (0, 3, -signal.SIGKILL):
                faults.append(f"{format} by {way}: status {status}: {self.said()}")
            if status == 0:
                break
        (self.root / "found").unlink(missing_ok=True)
        before = (lambda: _as(NOBODY)) if way == "permission" and not os.getuid() else int
        status = wait(self.start(format, out, 1, before))
        if status:
            faults.append(f"{format} by {way}: it does not go on: status {status}: {self.said()}")
        else:
            faults += [f"{format} by {way}: {text}" for text in differences(wanted, tree(out))]
        found = (self.root / "found").read_text(encoding="ascii") if (self.root / "found").exists() else ""
        _clear(folder)
        return Stop(format, way, ended, int(found or 0), tuple(faults))

    def said(self) -> str:
        path = self.root / "said"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    # ways

    def _process(self, format: str, out: Path) -> int:
        child = self.start(format, out)
        time.sleep(self.rng.uniform(0, 1.05) * self.seconds[format])
        os.kill(child, signal.SIGKILL)
        return wait(child)

    def _worker(self, format: str, out: Path) -> int:
        """One of two workers, once it is there, while results arrive."""
        child = self.start(format, out, workers=2)
        deadline = time.monotonic() + PATIENCE
        while not (out / STAGING / "journal.json").exists() and not _ended(child) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(self.rng.uniform(0, 0.5) * self.seconds[format])
        workers = _children(child)
        for worker in self.rng.sample(workers, min(1, len(workers))):
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        return wait(child)

    def _disk(self, format: str, out: Path) -> int:
        """A file system that is too small, which is made larger afterwards; or files that may not grow."""
        whole = sum(map(len, self.whole[format].values()))
        small = int(whole * self.rng.uniform(0.2, 1.6)) + 20_000
        if not os.getuid() and mounted(out.parent) is False:
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={small}", "tmpfs", str(out.parent)],
                                  capture_output=True, check=False)  # fmt: skip
            if done.returncode:
                return wait(self.start(format, out, before=lambda: _limit(self.rng.randrange(2_000, 200_000))))
        elif mounted(out.parent):
            _remount(out.parent, f"{small + _used(out.parent)}")
        status = wait(self.start(format, out))
        if mounted(out.parent):
            _remount(out.parent, "1g")
        return status

    def _permission(self, format: str, out: Path) -> int:
        """The folder that is written into, or one below it, is closed to its user meanwhile."""
        root = not os.getuid()
        child = self.start(format, out, before=(lambda: _as(NOBODY)) if root else int)
        time.sleep(self.rng.uniform(0.02, 0.9) * self.seconds[format])
        inside = [p for p in (out, *out.rglob("*")) if p.is_dir() and not p.is_symlink()] if out.exists() else []
        closed = self.rng.sample(inside, min(len(inside), 2))
        for path in closed:
            with suppress(OSError):
                os.chmod(path, 0o555)
        status = wait(child)
        for path in closed:
            with suppress(OSError):
                os.chmod(path, 0o755)
        return status


# processes and file systems ---------------------------------------------------------------------------------------


def wait(child: int) -> int:
    """The exit status of a process, negative for a signal; one that takes too long is ended, and its status is 124."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.003)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 124


def _ended(child: int) -> bool:
    try:
        return Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _children(process: int) -> list[int]:
    """The workers of a process: its children that run this interpreter's spawned main."""
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
        found = [int(word) for word in text.split()]
        return [pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    except OSError:
        return []


def _as(user: int) -> None:
    os.setgid(user)
    os.setuid(user)


def _limit(size: int) -> None:
    """Files may have so many bytes; who writes more gets an error, as from a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def mounted(folder: Path) -> bool:
    return os.path.ismount(folder)


def _remount(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True, capture_output=True)


def _used(folder: Path) -> int:
    stat = os.statvfs(folder)
    return (stat.f_blocks - stat.f_bfree) * stat.f_frsize


def _clear(folder: Path) -> None:
    if mounted(folder):
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)
    shutil.rmtree(folder)


def tree(out: Path) -> dict[str, bytes]:
    """All files by name, without the name of the folder in which the data set lies."""
    here = str(out.parent).encode()
    files = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes().replace(here, b"HERE") for path in files}


def differences(one: dict[str, bytes], two: dict[str, bytes]) -> list[str]:
    names = sorted({*one, *two})
    return [f"`{name}` is another" for name in names if one.get(name) != two.get(name)][:3]


class Journal:
    """What has been proved, a line for each build, behind one that says of what: so a proof that was ended goes on."""

    def __init__(self, path: Path | None, about: dict[str, object]) -> None:
        self.stops: list[Stop] = []
        self._path = path
        if path is None:
            return
        head = json.dumps({**about, "code of pgt-dsl": code_digest()})
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines and lines[0] != head:
            sys.exit(f"`{path}` is of another proof (samples, seed, formats or code); name another file")
        with suppress(ValueError):  # of a line that was not written to its end
            for line in lines[1:]:
                found = json.loads(line)
                self.stops.append(Stop(**{**found, "faults": tuple(found["faults"])}))
        kept = lines[1 : 1 + len(self.stops)]
        path.write_text("".join(f"{line}\n" for line in (head, *kept)), encoding="utf-8")

    def add(self, stop: Stop) -> None:
        self.stops.append(stop)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(stop)) + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    parser.add_argument("--kills", type=int, help="stops that are to be seen (default 200, quick 8)")
    parser.add_argument("--samples", type=int, help="of each build (default 240, quick 72)")
    parser.add_argument("--formats", nargs="*", default=sorted(registry().formats))
    parser.add_argument("--journal", type=Path, help="a file that keeps what is proved, and from which it goes on")
    given = parser.parse_args(argv)
    formats = given.formats[:2] if given.quick else given.formats
    many = given.kills or (8 if given.quick else 200)
    samples = given.samples or (72 if given.quick else 240)
    code_digest()  # once, not in every fork
    journal = Journal(given.journal, {"samples": samples, "seed": given.seed, "formats": formats})
    stops = journal.stops
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        prover = Prover(Path(folder), samples, given.seed)
        while sum(stop.ended for stop in stops) < many and len(stops) < MOST * many:
            number = len(stops)
            format, way = formats[number % len(formats)], WAYS[number // len(formats) % len(WAYS)]
            journal.add(prover.stop(format, way, number))
            if number % 10 == 9 or stops[-1].faults:
                told = f"{sum(s.ended for s in stops)} of {many} stops in {number + 1} builds"
                print(told, *stops[-1].faults, sep="; ", file=sys.stderr, flush=True)
    count = Counter((stop.format, stop.way) for stop in stops if stop.ended)
    rows = [(f, *(count[f, way] for way in WAYS), sum(s.ended for s in stops if s.format == f),
             sum(s.found > 0 for s in stops if s.format == f)) for f in formats]  # fmt: skip
    common.table(rows, ("format", *WAYS, "stops in all", "went on"))
    faults = [fault for stop in stops for fault in stop.faults]
    ended = sum(stop.ended for stop in stops)
    print(json.dumps({"builds": len(stops), "stopped": sum(s.ended > 0 for s in stops), "stops": ended,
                      "went on with samples": sum(s.found > 0 for s in stops)}))  # fmt: skip
    if ended < many:
        faults.append(f"only {ended} of {many} stops in {len(stops)} builds: they are done too soon")
    return common.finish(f"{ended:,} stops in {len(stops):,} builds of {len(formats)} formats", faults)


if __name__ == "__main__":
    sys.exit(main())
