"""Data sets as users have them, of any size and with faults put in, to be mixed with pgt-dsl's: see ``prove_mix``."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

KINDS = ("llava", "sharegpt", "messages", "parquet")
FAULTS = ("missing", "broken", "places", "roles")


Record = dict[str, Any]


def records(folder: Path, count: int, seed: int = 0, bad: Sequence[str] = (), images: int = 40) -> list[Record]:
    """Records of LLaVA, their images written below ``folder``: of each ten, eight with one image, its ``<image>`` at
    the start or the end, one with two and one without. As many as ``bad`` has are faulty, in seeded places."""
    from PIL import Image

    rng = random.Random(f"given/{seed}")
    for k in range(images):
        path = folder / f"coco/train2017/{k:012d}.{'png' if k % 4 == 0 else 'jpg'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (16 + k % 5, 12), (k * 37 % 256, k * 11 % 256, 90)).save(path)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    names = sorted(p.relative_to(folder).as_posix() for p in (folder / "coco").rglob("*.*"))
    made: list[dict[str, Any]] = []
    for number in range(count):
        shown = [rng.choice(names) for _ in range({8: 2, 9: 0}.get(number % 10, 1))]
        places = "<image>\n" * len(shown)
        question = f"{places}Was ist {number}? \u00e9\u4e2d"
        if number % 2 == 0:
            question = f"What is {number}?" + "\n<image>" * len(shown)
        said = [("human", question), ("gpt", f'Number {number}: "\\" \U0001f600]}},')]
        if number % 3 == 0:
            said += [("human", "And then?"), ("gpt", str(number + 1))]
        turns = [{"from": role, "value": text} for role, text in said]
        item: dict[str, Any] = {"id": f"{number % 50:012d}", "conversations": turns}
        if shown:
            item["image"] = shown[0] if len(shown) == 1 else shown
        made.append(item)
    for number, fault in zip(rng.sample(range(count), len(bad)), bad, strict=True):
        item = made[number]
        turns = item["conversations"]
        if fault in ("missing", "broken"):
            item["image"] = "coco/nowhere.jpg" if fault == "missing" else "broken.jpg"
            turns[0]["value"] = f"<image>\nFaulty {number}"
        elif fault == "places":
            turns[0]["value"] += "<image>"
        else:
            turns[0]["from"] = "gpt"
        item["faulty"] = fault
    return made


def write(folder: Path, kind: str, items: Sequence[dict[str, Any]]) -> Path:
    """The records in a file of a kind; in Parquet the images are inside, but for those that are not there."""
    folder.mkdir(parents=True, exist_ok=True)
    return WRITERS[kind](folder, items)


def _llava(folder: Path, items: Sequence[dict[str, Any]]) -> Path:
    path = folder / "theirs.json"
    path.write_text(json.dumps(items, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _sharegpt(folder: Path, items: Sequence[dict[str, Any]]) -> Path:
    path = folder / "theirs.jsonl"
    lines = [{"conversations": item["conversations"], "images": _images(item)} for item in items]
    path.write_text("".join(json.dumps(line) + "\n\n" for line in lines), encoding="utf-8")
    return path


def _messages(folder: Path, items: Sequence[dict[str, Any]]) -> Path:
    path = folder / "theirs.jsonl"
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        for item in items:
            line = {"messages": messages(item), "images": [{"path": name} for name in _images(item)]}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def _parquet(folder: Path, items: Sequence[dict[str, Any]]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = []
    for item in items:
        images = [{"bytes": _bytes(folder / name), "path": name} for name in _images(item)]
        rows.append({"id": item["id"], "images": images, "messages": messages(item)})
    path = folder / "theirs.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=37)
    return path


WRITERS: dict[str, Callable[[Path, Sequence[dict[str, Any]]], Path]] = {
    "llava": _llava, "sharegpt": _sharegpt, "messages": _messages, "parquet": _parquet,
}  # fmt: skip


def messages(item: dict[str, Any]) -> list[dict[str, str]]:
    roles = {"human": "user", "gpt": "assistant"}
    return [{"role": roles[turn["from"]], "content": turn["value"]} for turn in item["conversations"]]


def _images(item: dict[str, Any]) -> list[str]:
    found = item.get("image", [])
    return [found] if isinstance(found, str) else list(found)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def size_of(data: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        return image.size
