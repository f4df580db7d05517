"""Every built-in format passes the suite of formats, and writers that are wrong in one way each do not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.dataset.formats.base import BuildInfo, Growing
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import FormatSpec
from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing.conformance import PluginFault
from pgt_dsl.testing.formats import check_format

HERE = __name__


@pytest.mark.parametrize("name", sorted(registry().formats))
def test_built_in_formats(name: str) -> None:
    report = check_format(name, kills=1)
    assert report.counts["interruption"] >= 3 * 16 and report.counts["mark"] == 4


class Hexes:
    """A line for each sample, its images in hexadecimal."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self.folder, self.info = folder, info
        self.lines = Growing(folder / "all.jsonl", info.mark.get("bytes", 0))

    def record(self, sample: Sample) -> dict[str, Any]:
        turns = [[turn.question, turn.answer] for turn in sample.turns]
        return {"id": sample.id, "images": [image.hex() for image in sample.images], "turns": turns}

    def write(self, samples: Sequence[Sample]) -> None:
        for sample in samples:
            self.lines.add(json.dumps(self.record(sample)) + "\n")

    def mark(self) -> Mapping[str, Any]:
        self.lines.flush()
        return {"bytes": self.lines.bytes}

    def leave(self) -> None:
        self.lines.close()

    def close(self) -> None:
        self.lines.close()

    def front_matter(self) -> str:
        return ""

    def usage(self, folder: Path) -> str:
        return f"open({str(folder / 'all.jsonl')!r})"


def read(folder: Path) -> Iterator[Any]:
    for line in (folder / "all.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        yield record["id"], [bytes.fromhex(image) for image in record["images"]], record["turns"]


class OneImage(Hexes):
    def record(self, sample: Sample) -> dict[str, Any]:
        return {**super().record(sample), "images": [sample.images[0].hex()]}


class OneTurn(Hexes):
    def record(self, sample: Sample) -> dict[str, Any]:
        return {**super().record(sample), "turns": super().record(sample)["turns"][:1]}


class Ascii(Hexes):
    def record(self, sample: Sample) -> dict[str, Any]:
        turns = [[q.encode("ascii", "replace").decode(), a] for q, a in super().record(sample)["turns"]]
        return {**super().record(sample), "turns": turns}


class Forgetful(Hexes):
    """Does not cut off what was written after its mark."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        there = (folder / "all.jsonl").stat().st_size if (folder / "all.jsonl").exists() else 0
        super().__init__(folder, BuildInfo(info.name, info.planned, info.work, mark={"bytes": there}))


class Held(Hexes):
    """Its mark does not wait for what it holds back."""

    def mark(self) -> Mapping[str, Any]:
        return {"bytes": self.lines.bytes}

    def leave(self) -> None:
        raw = self.lines._file
        raw.truncate(0)
        raw.close()


class Card(Hexes):
    def close(self) -> None:
        super().close()
        (self.folder / "README.md").write_text("mine")


class Counted(Hexes):
    """Its bytes hang on how often it was called."""

    calls = 0

    def write(self, samples: Sequence[Sample]) -> None:
        self.calls += 1
        for sample in samples:
            self.lines.add(json.dumps({**self.record(sample), "call": self.calls}) + "\n")


class Outside(Hexes):
    def close(self) -> None:
        super().close()
        (self.folder.parents[2] / "log.txt").write_text("done")


class NoPython(Hexes):
    def usage(self, folder: Path) -> str:
        return "open it with: the reader"


class Picky(Hexes):
    def write(self, samples: Sequence[Sample]) -> None:
        raise ValueError("no")


def test_a_format_that_is_right() -> None:
    check_format(FormatSpec("hexes", "Hex.", f"{HERE}:Hexes"), read, kills=1)


@pytest.mark.parametrize(
    ("writer", "check", "words"),
    [
        ("OneImage", "build", "has 1 images, not 2"), ("OneTurn", "build", "the turns of"),
        ("Ascii", "build", "the turns of"), ("Forgetful", "mark", "other bytes"), ("Held", "mark", "is too short"),
        ("Card", "protocol", r"README\.md"), ("Counted", "bytes", "other bytes"),
        ("Outside", "build", "beside its folder: log.txt"), ("NoPython", "protocol", "no Python"),
        ("Picky", "build", "ValueError: no"), ("Nothing", "declaration", "cannot load"),
    ],
)  # fmt: skip
def test_a_wrong_writer_is_found(writer: str, check: str, words: str) -> None:
    with pytest.raises(PluginFault, match=words) as found:
        check_format(FormatSpec("hexes", "Hex.", f"{HERE}:{writer}"), read, kills=0)
    assert found.value.check == check


def test_a_reader_that_fails_is_told() -> None:
    with pytest.raises(PluginFault, match="`read` fails: FileNotFoundError"):
        check_format("llava", read, kills=0)


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(PgtError, match=r"no format `lava`; there are: .*llava"):
        check_format("lava", read)
