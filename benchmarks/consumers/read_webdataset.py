"""``webdataset`` by its own reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import given
import webdataset


def rows() -> Iterator[dict[str, Any]]:
    shards = sorted(str(path) for path in given.folder().glob("train-*.tar"))
    for each in webdataset.WebDataset(shards, shardshuffle=False).decode("rgb8"):
        images = [each[name] for name in sorted((n for n in each if n.endswith("png")), key=lambda n: (len(n), n))]
        yield given.row(each["json"]["id"], [turn["value"] for turn in each["json"]["conversations"]], images)


if __name__ == "__main__":
    given.hand_back(rows())
