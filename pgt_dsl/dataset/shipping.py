"""A build whose data set goes to a URL: made in a folder of this machine, and sent file by file as files become whole.

A finished shard is sent while the next one is made; when it has arrived and that is written down, it is emptied here,
so that the folder does not grow with the data set. The manifest comes last, and only where none is. Until then a marker
lies at the URL that says which plan is at work there, so that no two plans write into one place.

    WORK/NAME/.pgt-building/arrived.jsonl   which files have arrived: name, size, SHA-256, the store's mark
    URL/.pgt-building.json                  the plan, and what was there before it

Two builds of one plan write the same files, so that it does no harm when they meet.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pgt_dsl.dataset.atomic import MANIFEST, MOVING, Staging, difference, names_of, write_json
from pgt_dsl.dataset.push import commit
from pgt_dsl.dataset.storage import Store, Stored, digest_of, telling
from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from pgt_dsl.dataset.formats.base import Writer

MARKER = ".pgt-building.json"
ARRIVED = "arrived.jsonl"
NAMING = ("llava", "sharegpt", "messages")  # formats whose records name images by where they are
AT_ONCE = 3  # files that are sent at a time
WAITING = 6  # finished files that may wait for that, before the build does


class Shipping(Staging):
    """``with Shipping(url, work, ...) as staging``: as a ``Staging``, whose ``commit`` sends what is left.

    work: a folder for what is made, None for one in the user's cache that hangs on the URL alone.

    Raises ``PgtError`` as ``Staging`` does, and when the URL cannot be used, holds something else, or what had arrived
    there is gone.
    """

    def __init__(
        self, url: str, work: Path | None = None, overwrite: bool = False, plan: Mapping[str, Any] | None = None,
        restart: bool = False,
    ) -> None:  # fmt: skip
        with telling(url, ""):
            self.store = Store(url)
        super().__init__((work or work_folder(url)) / (self.store.name or "set"), overwrite, plan, restart)
        self._arrived: dict[str, dict[str, Any]] = {}
        self._marker: dict[str, Any] = {}
        self._held: bytes | None = None  # the marker at the URL
        self._began = False  # this build has put it there
        self._stays: dict[tuple[str, str], str] = {}  # of each run of shards the one that is not emptied
        self._sent: dict[Future[Stored], str] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, "pgt-ship")

    def __enter__(self) -> Shipping:
        try:
            super().__enter__()
        except BaseException:
            self._pool.shutdown(cancel_futures=True)
            raise
        return self

    @property
    def where(self) -> str:
        """The URL."""
        return self.store.url

    def settle(self, finished: Iterable[Path]) -> None:
        """Send files that are whole; waits only where too many do already. Raises ``PgtError`` when one did not
        arrive."""
        with telling(self.where, ""):
            for path in finished:
                self._send(path.relative_to(self.folder).as_posix())
            self._collect(WAITING)

    def digests(self) -> Mapping[str, str]:
        """The SHA-256 of the files that have arrived."""
        return {name: entry["sha256"] for name, entry in self._arrived.items()}

    def usage(self, writer: Writer) -> str:
        """Fetch it, then what the format says."""
        fetched = json.dumps(self.store.name or "set")
        return (f"from fsspec.core import url_to_fs\n\nfs, place = url_to_fs({json.dumps(self.where)})\n"
                f'fs.get(place + "/", {fetched}, recursive=True)  # or read it in place\n\n'
                f"{writer.usage(Path(self.store.name or 'set'))}")  # fmt: skip

    def manifest(self) -> bytes:
        """The manifest at the URL."""
        with telling(self.where):
            found = self.store.read(MANIFEST)
        if found is None:
            raise PgtError(f"`{self.where}` has no {MANIFEST}")
        return found

    def commit(self) -> None:
        """Send what is left, remove what another build had left there, and write the manifest if there is none."""
        write_json(self.root / MOVING, {"remove": []})
        self._put()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        with suppress(Exception):  # what did arrive is not sent again
            self._sent = {job: name for job, name in self._sent.items() if not job.cancelled()}
            self._collect(0)
        if error is not None and not self.keep and not self.moving and self._began:
            with suppress(Exception):
                self.store.remove([*self._arrived, MARKER])
        super().__exit__(kind, error, trace)
        with suppress(OSError):
            self.out.rmdir()  # when nothing of it is left
            self.out.parent.rmdir()

    # beginning --------------------------------------------------------------------------------------------------

    def _check_target(self) -> None:
        with telling(self.where, ""):
            there = self.store.listing()
            marker = self._read_marker()
            names = {name.partition("/")[0] for name in there} - {MARKER, MANIFEST}
            if MANIFEST in there:
                if not self.overwrite:
                    raise PgtError(f"`{self.where}` already holds a data set; --overwrite replaces it")
                old = names_of(_parsed(self.store.read(MANIFEST)).get("contents"))
                others = sorted(names - {*old}) if marker is None else marker["others"]
                self._marker = {"plan": self._plan, "others": others}
                return
            if marker is not None:
                if marker.get("plan") != self._plan and not self._restart:
                    raise PgtError(
                        f"`{self.where}` holds an unfinished build of another plan: "
                        f"{difference(marker.get('plan'), self._plan or {})}\ngive the command of that build to go on "
                        "with it, or add --restart to throw it away"
                    )
                self._marker = {"plan": self._plan, "others": marker["others"]}
                return
            if names and not self.overwrite:
                raise PgtError(
                    f"`{self.where}` is not empty (it has `{min(names)}`) and is not a data set of pgt-dsl; choose "
                    "another place, or write into it with --overwrite"
                )
            self._marker = {"plan": self._plan, "others": sorted(names)}

    def _take(self) -> None:
        super()._take()
        with telling(self.where, ""):
            self._read_arrived()
            self._check_arrived()
            text = json.dumps(self._marker).encode()
            if self._held is None:
                self._began = self.store.create(MARKER, text)
                if not self._began and self.store.read(MARKER) != text:
                    raise PgtError(f"another build has begun in `{self.where}` just now")
            elif self._held != text:
                self.store.replace(MARKER, text)
            if self.overwrite:  # after the marker, which knows what there was besides
                self.store.remove([MANIFEST])

    def _read_marker(self) -> dict[str, Any] | None:
        self._held = self.store.read(MARKER)
        if self._held is None:
            return None
        known = _parsed(self._held)
        return {"plan": known.get("plan"), "others": names_of(known.get("others"))}

    def _read_arrived(self) -> None:
        """What has arrived, as far as this build's journal says; the end of a line that is not whole is cut off."""
        path = self.root / ARRIVED
        whole = 0
        for line in path.read_bytes().splitlines(keepends=True) if path.exists() else []:
            try:
                entry = json.loads(line)
            except ValueError:
                break
            self._arrived[entry["name"]] = entry
            self._stays.setdefault(_run_of(entry["name"]), entry["name"])
            whole += len(line)
        if path.exists():
            os.truncate(path, whole)

    def _check_arrived(self) -> None:
        """Raise ``PgtError`` when something that is empty here is not what it was there."""
        there = self.store.listing() if self._arrived else {}
        for name, entry in list(self._arrived.items()):
            found = there.get(name)
            if found == Stored(entry["size"], entry["tag"]):
                continue
            here = self.folder / name
            if not here.is_file() or here.stat().st_size != entry["size"]:
                raise PgtError(f"`{name}` had arrived at `{self.where}`, and it is "
                               f"{'not there any more' if found is None else 'another one now'}; --restart builds it "
                               "all again")  # fmt: skip
            del self._arrived[name]

    # sending ----------------------------------------------------------------------------------------------------

    def _send(self, name: str) -> None:
        """Send a file, if it is not there or on its way already."""
        if name not in self._arrived and name not in self._sent.values():
            self._sent[self._pool.submit(self.store.put, self.folder / name, name)] = name

    def _collect(self, most: int) -> None:
        """Wait until at most so many files are on their way; write down which have arrived. Raises what stopped one."""
        while self._sent:
            done, waiting = wait(self._sent, None if len(self._sent) > most else 0, FIRST_COMPLETED)
            for job in done:
                self._enter(self._sent.pop(job), job.result())
            if len(waiting) <= most:
                return

    def _enter(self, name: str, there: Stored) -> None:
        """Write down that a file has arrived, and empty it here. The first of a run of shards stays: the card tells
        their columns from it."""
        path = self.folder / name
        entry = {"name": name, "size": there.size, "tag": there.tag, "sha256": digest_of(path)}
        with (self.root / ARRIVED).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        self._arrived[name] = entry
        if self._stays.setdefault(_run_of(name), name) != name:
            os.truncate(path, 0)

    def _put(self) -> None:
        with telling(self.where, ""):
            if not self._marker:  # of a build that was stopped here
                self._read_arrived()
                self._check_arrived()
                self._marker = self._read_marker() or {"others": []}
            names = [p.relative_to(self.folder).as_posix() for p in sorted(self.folder.rglob("*")) if p.is_file()]
            for name in names:
                if name != MANIFEST:
                    self._send(name)
                    self._collect(WAITING)
            self._collect(0)
            self._check_arrived()
            there = self.store.listing(parts=True)
            mine = {*names, MANIFEST, MARKER}
            stale = [n for n in there if n not in mine and n.partition("/")[0] not in self._marker["others"]]
            text = (self.folder / MANIFEST).read_bytes()
            if self.overwrite and there.get(MANIFEST) is not None and self.store.read(MANIFEST) != text:
                self.store.remove([MANIFEST])
            self.store.remove(stale)
            commit(self.store, text)
            self.store.remove([MARKER])


def work_folder(url: str) -> Path:
    """A folder of this machine for the build of a URL, the same one for the same URL."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = re.sub(r"\W+", "-", url.rstrip("/").rsplit("/", 1)[-1]).strip("-") or "set"
    return cache / "pgt-dsl" / "builds" / f"{name}-{hashlib.sha256(url.rstrip('/').encode()).hexdigest()[:12]}"


def _parsed(text: bytes | None) -> dict[str, Any]:
    """A JSON object; an empty one when it is none."""
    try:
        found = json.loads(text or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _run_of(name: str) -> tuple[str, str]:
    """The shards that a file is one of: its name without the number."""
    stem, _, _ = name.rpartition("-")
    return stem or name, name.rpartition(".")[2]
