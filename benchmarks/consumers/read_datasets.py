"""Formats by Hugging Face ``datasets``: ``load_dataset(folder)``, images decoded by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import given
from datasets import load_dataset


def rows(data: Any) -> Iterator[dict[str, Any]]:
    for each in data:
        images = each["images"] if "images" in each else [each["image"]]
        said = each["conversations"] if "conversations" in each else each["messages"]
        texts = [turn["value"] if "value" in turn else turn["content"] for turn in said]
        yield given.row(each["id"], texts, images)


if __name__ == "__main__":
    given.hand_back(rows(load_dataset(str(given.folder()), split="train")))
