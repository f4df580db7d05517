"""VLMEvalKit's tables: ``mcq.tsv`` (questions with options) and ``vqa.tsv`` (the others), images in base64.

Each question of a sample is a row: ``index``, ``image``, ``question``, ``A``, ``B``, ..., ``answer`` (a letter, or the
short answer), ``category`` (the task), ``id`` (the sample and the number of the question). Several images are a list in
JSON. The forms of answers that a build asks for make no difference here: the letter is the answer wherever there are
options (but options that are letters themselves, other than their own, would be ambiguous: these are asked without).
pandas, which reads the tables, takes some words for empty cells: those get a full stop.
"""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, Growing
from pgt_dsl.dataset.formats.records import Scenes, question_id
from pgt_dsl.dataset.given import Row
from pgt_dsl.dataset.record import LETTERS, written_asks
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.scene.coordinates import profile
from pgt_dsl.scene.options import labels_of

_EMPTY = ("None", "NA", "N/A", "NaN", "nan", "null", "NULL", "n/a", "<NA>", "#N/A", "#NA", "-NaN", "-nan", "1.#IND")
EMPTY = frozenset((*_EMPTY, "-1.#IND", "1.#QNAN", "-1.#QNAN", "#N/A N/A"))
"""What ``pandas.read_csv`` takes for an empty cell (its argument ``na_values``)."""


class VlmEvalKitWriter:
    """The rows wait as JSON lines until all are known: how many columns options take is seen at the end."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._folder, self._held = folder, info.work / "rows.jsonl"
        mark = info.mark
        self._rows = Growing(self._held, mark.get("rows", 0))
        self._scenes = Scenes(folder, mark.get("scenes", 0))
        self._tables: list[str] = []

    def write(self, samples: Sequence[Row]) -> None:
        """Hold a row for each question."""
        for sample in samples:
            assert isinstance(sample, Sample), "the declaration of the format says that it takes nothing else"
            files = [base64.b64encode(data).decode("ascii") for data in sample.images]
            image = files[0] if len(files) == 1 else json.dumps(files)
            for number, ask in enumerate(written_asks(sample.scene, profile(sample.coordinates))):
                lettered = ask.correct is not None and labels_of(ask.options)[:1] == ("A",)
                options = list(ask.options) if lettered else []
                answer = LETTERS[ask.correct] if lettered and ask.correct is not None else ask.text
                options = [f"{text}." if text in EMPTY else text for text in options]
                answer = f"{answer}." if answer in EMPTY else answer
                name = question_id(sample, number)
                self._rows.add(json.dumps([image, ask.question, options, answer, sample.task, name]) + "\n")
            self._scenes.add(sample)

    def mark(self) -> Mapping[str, Any]:
        """How many bytes of rows and scenes there are."""
        self._rows.flush()
        self._scenes.flush()
        return {"rows": self._rows.bytes, "scenes": self._scenes.bytes}

    def leave(self) -> None:
        """Close the files of rows and scenes."""
        self._rows.close()
        self._scenes.close()

    def close(self) -> None:
        """Write the tables, each where it has a row."""
        self.leave()
        most = max((len(options) for _, _, options, *_ in self._read()), default=0)
        letters = list(LETTERS[:most])
        for name, wanted in (("mcq.tsv", True), ("vqa.tsv", False)):
            path = self._folder / name
            chosen = (held for held in self._read() if bool(held[2]) is wanted)
            columns = ["index", "image", "question", *(letters if wanted else []), "answer", "category", "id"]
            with path.open("w", encoding="utf-8", newline="") as file:
                table = csv.writer(file, delimiter="\t", lineterminator="\n")
                quoting = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
                table.writerow(columns)
                count = 0
                for image, question, options, answer, task, ident in chosen:
                    cells = [*options, *[""] * (most - len(options))] if wanted else []
                    line = [count, image, question, *cells, answer, task, ident]
                    # Readers take a bare carriage return for the end of a row, and ``csv`` would not quote it.
                    (quoting if any("\r" in str(cell) for cell in line[2:]) else table).writerow(line)
                    count += 1
            if count:
                self._tables.append(name)
            else:
                path.unlink()

    def _read(self) -> Iterator[Any]:
        with self._held.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    def front_matter(self) -> str:
        """Nothing: these are not tables of one shape."""
        return ""

    def usage(self, folder: Path) -> str:
        """Where VLMEvalKit looks for tables."""
        names = self._tables or ["vqa.tsv"]
        files = ", ".join(f'"{folder.as_posix()}/{name}"' for name in names)
        return (
            "import csv\n\n"
            "csv.field_size_limit(2**31 - 1)  # images are long cells\n"
            f"for file in [{files}]:\n"
            '    rows = list(csv.DictReader(open(file, encoding="utf-8"), delimiter="\\t"))\n'
            f"# VLMEvalKit: copy the tables to $LMUData; run.py --data {' '.join(name[:-4] for name in names)}"
        )


def make(folder: Path, info: BuildInfo) -> VlmEvalKitWriter:
    """The writer of the format ``vlmevalkit``."""
    return VlmEvalKitWriter(folder, info)
