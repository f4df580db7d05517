"""What the readers of consumers share: where a data set is, and the rows that they hand back as lines of JSON.

    python read_NAME.py FOLDER OUT.jsonl

A row is ``{"id", "texts", "images", "pixels"}``: the id where the consumer keeps it, all texts in their order without
places of images, how many images, and the XXH3 of their RGB values. Nothing of pgt-dsl is used to read.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"


def folder() -> Path:
    return Path(sys.argv[1])


def digest(images: Iterable[Any]) -> str:
    """Of pictures of PIL, or arrays of RGB."""
    found = xxhash.xxh3_128()
    for image in images:
        pixels = image.convert("RGB") if hasattr(image, "convert") else image
        found.update(np.ascontiguousarray(pixels, np.uint8).data)
    return found.hexdigest()


def row(ident: str | None, texts: Sequence[str], images: Sequence[Any]) -> dict[str, Any]:
    return {"id": ident, "texts": list(texts), "images": len(images), "pixels": digest(images)}


def hand_back(rows: Iterable[dict[str, Any]]) -> None:
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        for each in rows:
            out.write(json.dumps(each) + "\n")


def without(placeholder: str, text: str, images: int) -> str:
    """The text without its places of images, which have to be in front and as many as the images."""
    if not text.startswith(placeholder * images) or text.count(placeholder) != images:
        raise ValueError(f"{images} images, but: {text[:80]!r}")
    return text[len(placeholder) * images :]
