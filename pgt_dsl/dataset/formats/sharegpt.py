"""ShareGPT with ``dataset_info.json``, as LLaMA-Factory reads it: ``--dataset_dir FOLDER --dataset pgt``.

Images are paths below the folder, which is LLaMA-Factory's ``media_dir`` unless another is given; the first question
starts with one ``<image>`` for each of them, which it counts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, conversations
from pgt_dsl.dataset.formats.records import RecordsWriter, no_placeholder
from pgt_dsl.dataset.given import PLACEHOLDER, Row

FILE = "sharegpt.json"
NAME = "pgt"
COLUMNS = {"messages": "conversations", "images": "images"}


def record(sample: Row, paths: list[str]) -> dict[str, Any]:
    """``{"id", "conversations", "images"}``."""
    no_placeholder(sample)
    return {
        "id": sample.id,
        "conversations": conversations(sample, f"{PLACEHOLDER}\n" * len(paths)),
        "images": paths,
    }


class ShareGptWriter(RecordsWriter):
    """``sharegpt.json``, ``dataset_info.json``, ``images/`` and ``scenes.jsonl``."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        super().__init__(folder, info, FILE, record, "images")

    def close(self) -> None:
        """End the array, and say what is in it."""
        super().close()
        path = self._folder / "dataset_info.json"  # with the other splits that have been closed
        info = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        info[self._info.named(NAME, "")] = {"file_name": self._name, "formatting": "sharegpt", "columns": COLUMNS}
        path.write_text(json.dumps(info, indent=2) + "\n", encoding="utf-8")

    def usage(self, folder: Path) -> str:
        """The options of LLaMA-Factory."""
        place = folder.as_posix()
        return (
            "import json\n\n"
            f'records = json.load(open("{place}/{self._name}", encoding="utf-8"))\n'
            f"# LLaMA-Factory: --dataset_dir {place} --dataset {self._info.named(NAME, '')}"
        )


def make(folder: Path, info: BuildInfo) -> ShareGptWriter:
    """The writer of the format ``sharegpt``."""
    return ShareGptWriter(folder, info)
