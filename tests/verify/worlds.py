"""Small data sets for the tests of ``verify``, built once each, and copies of them to be spoilt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from pgt_dsl.api import load, load_all
from pgt_dsl.dataset.build import build
from pgt_dsl.resources import data_path
from pgt_dsl.verify.run import verify

SPECS = ("spatial/left_of", "twins/larger_swapped", "panels/two_images_more", "photo/dot_on_object")
CROWDED = """task "x/crowded"
shape s: rect[14] { width ~ 10vmin .. 20vmin, height ~ 10vmin .. 20vmin }
require apart(s) >= 0vmin
ask "How many?" answer count(s)
"""
TWO_QUESTIONS = """task "edit/circle"
pick c ~ [red, green, blue]
shape a: circle { color = c }
ask "What colour is the circle?" answer a.color
ask "Where is the circle?" answer a.at within 3vmin
"""
HIDDEN = """task "x/hidden"
let word ~ ["north", "south"]
background ground: plain { color = white }
shape a: circle { x = 50vw, y = 50vh, radius = 10vmin, color = red }
ask "Which word do I think of?" answer word
"""


@lru_cache(maxsize=1)
def root() -> Path:
    return Path(mkdtemp(prefix="pgt-verify-"))


@cache
def few(format: str) -> Path:
    """The folder of a data set of 18 samples of three tasks: a plain one, twins, photos."""
    tasks = load_all([data_path("task_specs") / f"{name}.pgt" for name in SPECS if "panels" not in name])
    build(tasks, 18, out := root() / f"few-{format}", format=format, size=48, seed=3, shard_rows=9)
    return out


@cache
def made(format: str, image: str = "png") -> Path:
    """The folder of a data set of 56 samples of four tasks: a plain one, twins, cut panels, photos."""
    tasks = load_all([data_path("task_specs") / f"{name}.pgt" for name in SPECS])
    out = root() / f"{format}-{image}"
    build(tasks, 56, out, format=format, size=64, seed=3, shard_rows=20, image=image,
          styles={"short": 2, "options": 1, "sentence": 1})  # fmt: skip
    return out


@cache
def two_questions(format: str) -> Path:
    """The folder of a data set of 24 small samples of one task, with options and with a place."""
    return build_text(TWO_QUESTIONS, 24, root() / f"two-{format}", format=format, size=48, seed=3, shard_rows=12)


def build_text(text: str, count: int, out: Path, **options: Any) -> Path:
    """A data set of one spec."""
    build([load(text)], count, out, **{"size": 64, **options})
    return out


def forget() -> None:
    """Remove what was built."""
    if root.cache_info().currsize:
        shutil.rmtree(root(), ignore_errors=True)
        root.cache_clear()
        made.cache_clear()
        few.cache_clear()
        two_questions.cache_clear()


def faults(folder: Path, **options: Any) -> list[tuple[str, str, str]]:
    """Check, sample and message of each fault."""
    return [(fault.check, fault.sample, fault.message) for fault in verify(folder, **options).faults]


# spoiling ---------------------------------------------------------------------------------------------------------


def parquet_rows(path: Path, change: Callable[[list[dict[str, Any]]], Any]) -> None:
    """Change the rows of a shard."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, rows = pq.read_schema(path), pq.read_table(path).to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema), path)


def cut(name: str) -> Callable[[Path], None]:
    """The last third of a file is lost."""

    def spoil(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) * 2 // 3 - 1])

    return spoil


def json_file(path: Path, change: Callable[[Any], Any]) -> None:
    """Change the value of a JSON file."""
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def json_lines(path: Path, change: Callable[[list[Any]], Any]) -> None:
    """Change the values of a file with one a line."""
    values = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(values)
    path.write_text("".join(json.dumps(v, ensure_ascii=False) + "\n" for v in values), encoding="utf-8")


def metadata(row: dict[str, Any], change: Callable[[Any], Any]) -> None:
    """Change the metadata of a row, written as pgt-dsl writes them."""
    from pgt_dsl.dataset.record import canonical_json

    value = json.loads(row["metadata"])
    change(value)
    row["metadata"] = canonical_json(value)


def images(folder: Path) -> Iterator[Path]:
    """The image files of a data set."""
    yield from sorted(path for path in folder.rglob("*.png"))
