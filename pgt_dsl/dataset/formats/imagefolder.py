"""ImageFolder: ``train/`` with ``metadata.jsonl`` and image files; ``load_dataset(folder)`` gives decoded images.

The column is ``file_name`` (read as ``image``); if any sample has several images, it is ``images_file_names`` (read as
``images``) for all of them, since a column has one type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, Growing, drop_images, image_names, row
from pgt_dsl.dataset.given import Row


class ImageFolderWriter:
    """Images go to ``train/`` (or another split) at once; which column names them is known at the end."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._info, self._train = info, folder / info.split
        self._train.mkdir(exist_ok=True)
        held, start = info.work / "rows.jsonl", info.mark.get("rows", 0)
        drop_images(held, start, self._train, lambda item: item[0])
        self._rows = Growing(held, start)
        self._several = info.mark.get("several", False)

    def write(self, samples: Sequence[Row]) -> None:
        """Hold the rows and write the images."""
        for sample in samples:
            names = image_names(sample)
            self._several = self._several or len(names) != 1
            self._rows.add(json.dumps([names, row(sample)], ensure_ascii=False) + "\n")
        self._rows.flush()  # before the images: whatever image is there, a row names it
        for sample in samples:
            for name, data in zip(image_names(sample), sample.images, strict=True):
                (self._train / name).write_bytes(data)

    def mark(self) -> Mapping[str, Any]:
        """How many bytes of rows there are, and whether a sample had several images."""
        self._rows.flush()
        return {"rows": self._rows.bytes, "several": self._several}

    def leave(self) -> None:
        """Close the file of rows."""
        self._rows.close()

    def close(self) -> None:
        """Write ``metadata.jsonl``."""
        self._rows.close()
        with (
            self._rows.path.open(encoding="utf-8") as held,
            (self._train / "metadata.jsonl").open("w", encoding="utf-8", newline="\n") as out,
        ):
            for line in held:
                names, columns = json.loads(line)
                key = {"images_file_names": names} if self._several else {"file_name": names[0]}
                out.write(json.dumps({**key, **columns}, ensure_ascii=False) + "\n")

    def front_matter(self) -> str:
        """The split."""
        return f"{self._info.front_matter}{self._info.split}/**\n"

    def usage(self, folder: Path) -> str:
        """``load_dataset`` of the folder."""
        split = self._info.split
        return f'from datasets import load_dataset\n\nrows = load_dataset("{folder.as_posix()}", split="{split}")'


def make(folder: Path, info: BuildInfo) -> ImageFolderWriter:
    """The writer of the format ``imagefolder``."""
    return ImageFolderWriter(folder, info)
