"""ImageFolder: ``train/`` with ``metadata.jsonl`` and PNG files; ``load_dataset(folder)`` gives decoded images.

The column is ``file_name`` (read as ``image``); if any sample has several images, it is ``images_file_names`` (read as
``images``) for all of them, since a column has one type.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pgt_dsl.dataset.formats.base import BuildInfo, image_names, row
from pgt_dsl.dataset.sample import Sample

FRONT_MATTER = """\
configs:
- config_name: default
  data_files:
  - split: train
    path: train/**
"""


class ImageFolderWriter:
    """Images go to ``train/`` at once; which column names them is known at the end, when the rows are written."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._train = folder / "train"
        self._train.mkdir()
        self._held = folder / "rows.jsonl"
        self._rows = self._held.open("w", encoding="utf-8", newline="\n")
        self._several = False

    def write(self, samples: Sequence[Sample]) -> None:
        """Write images and hold the rows."""
        for sample in samples:
            names = image_names(sample)
            self._several = self._several or len(names) > 1
            for name, data in zip(names, sample.images, strict=True):
                (self._train / name).write_bytes(data)
            self._rows.write(json.dumps([names, row(sample)], ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Write ``metadata.jsonl``."""
        self._rows.close()
        with (
            self._held.open(encoding="utf-8") as held,
            (self._train / "metadata.jsonl").open("w", encoding="utf-8", newline="\n") as out,
        ):
            for line in held:
                names, columns = json.loads(line)
                key = {"images_file_names": names} if self._several else {"file_name": names[0]}
                out.write(json.dumps({**key, **columns}, ensure_ascii=False) + "\n")
        self._held.unlink()

    def front_matter(self) -> str:
        """The split."""
        return FRONT_MATTER

    def usage(self, folder: Path) -> str:
        """``load_dataset`` of the folder."""
        return f'from datasets import load_dataset\n\nrows = load_dataset("{folder.as_posix()}", split="train")'


def make(folder: Path, info: BuildInfo) -> ImageFolderWriter:
    """The writer of the format ``imagefolder``."""
    return ImageFolderWriter(folder, info)
