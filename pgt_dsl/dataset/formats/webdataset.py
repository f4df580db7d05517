"""WebDataset: tar files ``train-000000.tar``, ... that ``webdataset`` and ``load_dataset("webdataset")`` stream.

The members of a sample have one key, its number in the data set: ``000000012.json`` (all columns, and the metadata) and
``000000012.png``; a second image is ``000000012.1.png``. The ids of samples have dots, at which a key would end.

``datasets`` reads only sets in which every sample has as many images; webdataset's own reader takes any.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, Growing, row, suffixes
from pgt_dsl.dataset.given import Row

BLOCK = tarfile.BLOCKSIZE


class WebDatasetWriter:
    """Shards of ``info.shard_rows`` samples each, in the format ustar, with the same bytes for the same samples."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._folder, self._limit, self._info = folder, info.shard_rows, info
        self._written = info.mark.get("written", 0)
        self._images = set(info.mark.get("images", ()))  # how many of them samples have
        shard = self._shard
        for path in sorted(folder.glob(f"{info.split}-*.tar")):
            if path.name > shard.name:
                path.unlink()
        self._tar = Growing(shard, info.mark.get("bytes", 0))

    @property
    def _shard(self) -> Path:
        """The shard of the next sample."""
        return self._folder / f"{self._info.split}-{self._written // self._limit:06d}.tar"

    def write(self, samples: Sequence[Row]) -> None:
        """Put samples behind the others; a new shard is begun when one is full."""
        for sample in samples:
            key = f"{self._written:09d}"
            columns = json.dumps(row(sample), ensure_ascii=False).encode()
            self._images.add(len(sample.images))
            for number, (data, suffix) in enumerate(zip(sample.images, suffixes(sample), strict=True)):
                self._member(f"{key}{f'.{number}' if number else ''}{suffix}", data)
            self._member(f"{key}.json", columns)
            self._written += 1
            if self._written % self._limit == 0:
                self._end()
                self._tar = Growing(self._shard)

    def _member(self, name: str, data: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        self._tar.add_bytes(info.tobuf(tarfile.USTAR_FORMAT))
        self._tar.add_bytes(data)
        self._tar.add_bytes(bytes(-len(data) % BLOCK))

    def _end(self) -> None:
        """End a shard: two empty blocks, and as many more as fill a record."""
        self._tar.add_bytes(bytes(2 * BLOCK))
        self._tar.add_bytes(bytes(-self._tar.bytes % tarfile.RECORDSIZE))
        self._tar.close()

    def mark(self) -> Mapping[str, Any]:
        """How many samples there are, and how long their last shard is."""
        self._tar.flush()
        return {"written": self._written, "bytes": self._tar.bytes, "images": sorted(self._images)}

    def finished(self) -> Sequence[Path]:
        """The shards before the one of the next sample."""
        here = self._shard
        return [path for path in sorted(self._folder.glob(f"{self._info.split}-*.tar")) if path.name < here.name]

    def leave(self) -> None:
        """Close the shard as it is."""
        self._tar.close()

    def close(self) -> None:
        """End the last shard; one that no sample has come to is not kept, unless it is the only one."""
        if self._tar.bytes or not self._written:
            self._end()
        else:
            self._tar.close()
            self._tar.path.unlink()

    def front_matter(self) -> str:
        """The split."""
        return f"{self._info.front_matter}{self._info.split}-*.tar\n"

    def usage(self, folder: Path) -> str:
        """``load_dataset``, or webdataset's own reader where that cannot read it."""
        files = f"{folder.as_posix()}/{self._info.split}-*.tar"
        if len(self._images) > 1:
            return (
                "import glob\n\nimport webdataset\n\n"
                f'rows = webdataset.WebDataset(sorted(glob.glob("{files}")), shardshuffle=False).decode("rgb8")'
            )
        return (
            "from datasets import load_dataset\n\n"
            f'rows = load_dataset("webdataset", data_files="{files}", split="train", streaming=True)'
        )


def make(folder: Path, info: BuildInfo) -> WebDatasetWriter:
    """The writer of the format ``webdataset``."""
    return WebDatasetWriter(folder, info)
