"""Proves that records of a user's are woven in exactly: 9 to 1 of 10,000, from and into every kind of data set.

For each pair of kinds a set of LLaVA's make, with faults put in, is mixed with samples of a task, the faulty records
left out. Then: the ratio holds to one row in every beginning of the output; each record is there once, unchanged, with
its images; no faulty one is; nothing of the user's has been touched; builds with other batches and builds that were
stopped again and again are the same to the bit.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import common, given_sets
from pgt_dsl.dataset.build import Interrupted, Progress, build
from pgt_dsl.dataset.mix.source import Mix
from pgt_dsl.resources import data_path

FORMATS = ("llava", "sharegpt", "messages", "parquet", "webdataset")
SIZE = 64


@dataclass(frozen=True)
class Read:
    """A row of the output: its id, what was said, and its images as digests of their bytes."""

    id: str
    said: tuple[str, ...]
    images: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    name: str
    rows: int
    seconds: float
    faults: tuple[str, ...]


def prove(kind: str, format: str, ours: int, records: int, seed: int, folder: Path) -> Outcome:
    """One pair of kinds, nine records to a sample."""
    began = time.process_time()
    theirs = folder / "theirs"
    bad = [given_sets.FAULTS[k % len(given_sets.FAULTS)] for k in range(records // 50)]
    items = given_sets.records(theirs, records, seed, bad)
    data = given_sets.write(theirs, kind, items)
    before = _digest(theirs)
    mix = Mix("theirs", str(data), share=0.9, skip_bad=True)
    task = common.task(data_path("task_specs") / "spatial" / "left_of.pgt")

    def make(name: str, stops: Sequence[int] = (), batch: int = 50) -> Path:
        out = folder / name / "set"
        for stop in [*stops, -1]:

            def tell(progress: Progress, stop: int = stop) -> None:
                if 0 <= stop <= progress.done:
                    raise KeyboardInterrupt

            try:
                build([task], ours, out, seed=seed, format=format, size=SIZE, mixes=[mix], batch=batch, progress=tell,
                      shard_rows=200)  # fmt: skip
            except Interrupted:
                continue
        return out

    out = make("whole")
    rows = read(out, format)
    faults = [*_ratio(rows, ours), *_records(rows, items, theirs, format)]
    rng = random.Random(f"stops/{seed}")
    again = make("stopped", sorted(rng.sample(range(1, ours), 3)), batch=7)
    if _tree(out) != _tree(again):
        faults.append("a build that was stopped differs from a whole one")
    if _digest(theirs) != before:
        faults.append("the user's files were touched")
    return Outcome(f"{kind} into {format}", len(rows), time.process_time() - began, tuple(faults))


def _ratio(rows: Sequence[Read], ours: int) -> list[str]:
    """Nine of theirs to one of ours: in all exactly, in every beginning to one row."""
    faults, theirs = [], 0
    for number, row in enumerate(rows, start=1):
        theirs += "+" in row.id
        if abs(theirs - number * 9 / 10) > 1:
            faults.append(f"{theirs} of the first {number} rows are theirs")
    if (theirs, len(rows)) != (9 * ours, 10 * ours) or len({row.id for row in rows}) != len(rows):
        faults.append(f"{theirs} of {len(rows)} rows are theirs, {len({row.id for row in rows})} ids are different")
    return faults[:3]


def _records(rows: Sequence[Read], items: Sequence[dict[str, Any]], folder: Path, format: str) -> list[str]:
    """Each record of the output is the one that its id names."""
    faults = []
    for row in rows:
        if "+" not in row.id:
            continue
        item = items[int(row.id.split("+")[1])]
        said = [turn["value"] for turn in item["conversations"]]
        if format in ("parquet", "webdataset"):
            said[0] = said[0].replace("<image>", "").strip()
        named = item.get("image", [])
        files = [folder / name for name in ([named] if isinstance(named, str) else named)]
        wanted = Read(row.id, tuple(said), tuple(_hash(file.read_bytes()) for file in files if file.exists()))
        if "faulty" in item:
            faults.append(f"{row.id} is {item['faulty']}")
        elif row != wanted:
            faults.append(f"{row} is not {wanted}")
    return faults[:3]


def read(out: Path, format: str) -> list[Read]:
    """The rows of a data set, by readers that are not pgt-dsl's."""
    if format == "parquet":
        import pyarrow.parquet as pq

        rows = [row for path in sorted(out.glob("data/*.parquet")) for row in pq.read_table(path).to_pylist()]
        return [_inside(row, [image["bytes"] for image in row["images"]]) for row in rows]
    if format == "webdataset":
        import webdataset

        shards = [str(path) for path in sorted(out.glob("*.tar"))]
        members = ("jpg", "1.jpg", "png", "1.png")
        found = []
        for sample in webdataset.WebDataset(shards, shardshuffle=False):
            order = sorted((name for name in members if name in sample), key=lambda name: name.startswith("1."))
            found.append(_inside(json.loads(sample["json"]), [sample[name] for name in order]))
        return found
    name = {"llava": "llava.json", "sharegpt": "sharegpt.json", "messages": "messages.jsonl"}[format]
    text = (out / name).read_text(encoding="utf-8")
    records = [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)
    start = out / "images" if format == "llava" else out
    made = []
    for record in records:
        named = record.get("images", record.get("image", []))
        files = [start / file for file in ([named] if isinstance(named, str) else named)]
        said = [turn.get("value", turn.get("content")) for turn in record.get("conversations", record.get("messages"))]
        made.append(Read(record["id"], tuple(said), tuple(_hash(file.read_bytes()) for file in files)))
    return made


def _inside(row: dict[str, Any], images: Sequence[bytes]) -> Read:
    return Read(row["id"], tuple(turn["value"] for turn in row["conversations"]), tuple(map(_hash, images)))


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _tree(out: Path) -> dict[str, bytes]:
    """All files but those that say where the folder is."""
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and path.parent != out]
    files += out.glob("*.tar")
    files += [path for path in out.glob("*.json*") if path.name != "manifest.json"]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def _digest(folder: Path) -> str:
    whole = io.BytesIO()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.write(f"{path} {path.stat().st_mtime_ns} {_hash(path.read_bytes())}\n".encode())
    return _hash(whole.getvalue())


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    parser.add_argument("--kinds", nargs="*", choices=given_sets.KINDS, default=given_sets.KINDS)
    parser.add_argument("--formats", nargs="*", choices=FORMATS, default=FORMATS)
    given = parser.parse_args(argv)
    ours, records = (30, 300) if given.quick else (1000, 10_000)
    outcomes = []
    for kind, format in itertools.product(given.kinds, given.formats):
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(prove(kind, format, ours, records, given.seed, Path(folder)))
        print(f"{len(outcomes)} {outcomes[-1].name} {outcomes[-1].seconds:.1f} s", file=sys.stderr)
    faults = [f"{o.name}: {fault}" for o in outcomes for fault in o.faults]
    common.table([(o.name, o.rows, o.seconds, len(o.faults)) for o in outcomes],
                 ("from and into", "rows", "cpu s", "faults"))  # fmt: skip
    total = sum(o.rows for o in outcomes)
    return common.finish(f"{total:,} rows read back, {ours:,} samples and {9 * ours:,} records each", faults)


if __name__ == "__main__":
    sys.exit(main())
