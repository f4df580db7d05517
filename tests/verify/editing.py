"""The samples of a data set of any built-in format as plain values, to be changed and put back by plain means."""

from __future__ import annotations

import base64
import copy
import csv
import io
import json
import re
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

csv.field_size_limit(1 << 29)
RECORDS = {"llava": ("llava.json", "image"), "sharegpt": ("sharegpt.json", "images"),
           "messages": ("messages.jsonl", "images")}  # fmt: skip
SPEECH = {"messages": ("messages", "content", "<image>"), "llava": ("conversations", "value", "<image>\n"),
          "sharegpt": ("conversations", "value", "<image>\n")}  # fmt: skip
TABLES = ("mcq.tsv", "vqa.tsv")
QUESTIONS = ("trl_grpo", "verl", "lmms_eval")
"""Formats of Parquet files with a row for each question."""


@dataclass
class Item:
    """A sample; ``extra`` is what the format has besides."""

    id: str
    metadata: str
    turns: list[list[str]]
    images: list[bytes]
    extra: Any = field(default_factory=dict)


def read(format: str, folder: Path) -> list[Item]:
    """The samples in their order."""
    if format in RECORDS:
        return _records(format, folder)
    if format in QUESTIONS or format == "trl_sft":
        return _grouped(format, folder)
    return {"parquet": _parquet, "imagefolder": _folder, "webdataset": _tars, "vlmevalkit": _tables}[format](folder)


def write(format: str, folder: Path, items: list[Item]) -> None:
    """The same data set with these samples."""
    if format in RECORDS:
        _write_records(format, folder, items)
    elif format in QUESTIONS or format == "trl_sft":
        _write_grouped(format, folder, items)
    else:
        {"parquet": _write_parquet, "imagefolder": _write_folder, "webdataset": _write_tars,
         "vlmevalkit": _write_tables}[format](folder, items)  # fmt: skip


def _turns(said: list[dict[str, str]], key: str) -> list[list[str]]:
    texts = [turn[key] for turn in said]
    return [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


def _said(turns: list[list[str]], names: tuple[str, str], keys: tuple[str, str]) -> list[dict[str, str]]:
    return [{keys[0]: who, keys[1]: text} for turn in turns for who, text in zip(names, turn, strict=True)]


def _whole(row: dict[str, Any], images: list[bytes]) -> Item:
    return Item(row["id"], row["metadata"], _turns(row["conversations"], "value"), images, row)


def _row(item: Item) -> dict[str, Any]:
    turns = _said(item.turns, ("human", "gpt"), ("from", "value"))
    return {**item.extra, "id": item.id, "metadata": item.metadata, "conversations": turns}


def _parquet(folder: Path) -> list[Item]:
    rows = [row for path in sorted(folder.glob("data/*")) for row in pq.read_table(path).to_pylist()]
    return [_whole(row, [image["bytes"] for image in row["images"]]) for row in rows]


def _write_parquet(folder: Path, items: list[Item]) -> None:
    rows = []
    for item in items:
        names = [image["path"] for image in item.extra["images"]]
        pictures = [{"bytes": data, "path": name} for data, name in zip(item.images, names, strict=False)]
        rows.append({**_row(item), "images": pictures})
    paths = sorted(folder.glob("data/*"))
    schema = pq.read_schema(paths[0])
    for path in paths[1:]:
        path.unlink()
    pq.write_table(pa.Table.from_pylist(rows, schema), paths[0])


def _about(format: str, row: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Where the id and the answer of a row stand, where its metadata, and under which name."""
    return (row["extra_info"], row["reward_model"], "ground_truth") if format == "verl" else (row, row, "metadata")


def _grouped(format: str, folder: Path) -> list[Item]:
    items: list[Item] = []
    for row in (row for path in sorted(folder.glob("data/*")) for row in pq.read_table(path).to_pylist()):
        about, rule, name = _about(format, row)
        ident = about["id"].partition("/")[0]
        if not items or items[-1].id != ident:
            items.append(Item(ident, rule[name], [], [image["bytes"] for image in row["images"]], []))
        if format == "trl_sft":
            items[-1].turns = _turns(row["messages"], "content")
        else:
            asked = row["question"] if format == "lmms_eval" else row["prompt"][-1]["content"]
            marks = "<image>" * len(row["images"]) if format == "verl" and not items[-1].turns else ""
            items[-1].turns.append([asked.removeprefix(marks), about["answer"]])
        items[-1].extra.append(row)
    return items


def _write_grouped(format: str, folder: Path, items: list[Item]) -> None:
    rows: list[dict[str, Any]] = []
    for item in items:
        for number, row in enumerate(copy.deepcopy(item.extra)[: len(item.turns)]):
            about, rule, name = _about(format, row)
            names = [image["path"] for image in row["images"]]
            row["images"] = [{"bytes": b, "path": n} for b, n in zip(item.images, names, strict=False)]
            about["id"], rule[name] = item.id + about["id"][len(about["id"].partition("/")[0]) :], item.metadata
            if format == "trl_sft":
                row["messages"] = _said(item.turns, ("user", "assistant"), ("role", "content"))
            else:
                about["answer"] = item.turns[number][1]
                said = _said(item.turns[: number + 1], ("user", "assistant"), ("role", "content"))[:-1]
                if format == "verl":
                    said[0]["content"] = "<image>" * len(item.images) + said[0]["content"]
                    about["index"] = len(rows)
                row["prompt"] = said
                if format == "lmms_eval":
                    row["prompt"] = "\n".join(message["content"] for message in said)
                    row["question"] = item.turns[number][0]
            rows.append(row)
    paths = sorted(folder.glob("data/*"))
    schema = pq.read_schema(paths[0])
    for path in paths:
        path.unlink()
    pq.write_table(pa.Table.from_pylist(rows, schema), paths[0])
    for path in folder.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"test: \[.*\]", f'test: ["data/{paths[0].name}"]', text), encoding="utf-8")


def _records(format: str, folder: Path) -> list[Item]:
    (name, images), (turns, text, mark) = RECORDS[format], SPEECH[format]
    whole = (folder / name).read_text(encoding="utf-8")
    records = json.loads(whole) if name.endswith(".json") else [json.loads(line) for line in whole.splitlines()]
    lines = [json.loads(line) for line in (folder / "scenes.jsonl").read_text(encoding="utf-8").splitlines()]
    items = []
    for record, line in zip(records, lines, strict=True):
        paths = [record[images]] if isinstance(record[images], str) else record[images]
        said = _turns(record[turns], text)
        said[0][0] = said[0][0].removeprefix(mark * len(paths))
        files = [(folder / "images" / Path(path).name).read_bytes() for path in paths]
        extra = {"record": record, "line": line, "paths": paths}
        items.append(Item(record["id"], line["metadata"], said, files, extra))
    return items


def _write_records(format: str, folder: Path, items: list[Item]) -> None:
    (name, images), (turns, text, mark) = RECORDS[format], SPEECH[format]
    records, lines = [], []
    for path in (folder / "images").iterdir():
        path.unlink()
    for item in items:
        paths = item.extra["paths"][: len(item.images)]
        for path, data in zip(paths, item.images, strict=True):
            (folder / "images" / Path(path).name).write_bytes(data)
        first = [[mark * len(paths) + item.turns[0][0], item.turns[0][1]], *item.turns[1:]]
        who, key = (("user", "assistant"), "role") if turns == "messages" else (("human", "gpt"), "from")
        shown = paths[0] if images == "image" and len(paths) == 1 else paths
        records.append({**item.extra["record"], "id": item.id, images: shown, turns: _said(first, who, (key, text))})
        lines.append({**item.extra["line"], "id": item.id, "metadata": item.metadata})
    whole = json.dumps(records) if name.endswith(".json") else "".join(json.dumps(r) + "\n" for r in records)
    (folder / name).write_text(whole, encoding="utf-8")
    (folder / "scenes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _folder(folder: Path) -> list[Item]:
    rows = [json.loads(line) for line in (folder / "train/metadata.jsonl").read_text(encoding="utf-8").splitlines()]
    return [_whole(row, [(folder / "train" / row["file_name"]).read_bytes()]) for row in rows]


def _write_folder(folder: Path, items: list[Item]) -> None:
    for path in (folder / "train").glob("*.png"):
        path.unlink()
    rows = []
    for item in items:
        row = _row(item)
        names = [row.pop("file_name")][: len(item.images)]
        for name, data in zip(names, item.images, strict=True):
            (folder / "train" / name).write_bytes(data)
        rows.append({"images_file_names": names, **row})
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "train/metadata.jsonl").write_text(text, encoding="utf-8")


def _tars(folder: Path) -> list[Item]:
    items: list[Item] = []
    for path in sorted(folder.glob("*.tar")):
        with tarfile.open(path) as tar:
            held = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
        for name, data in held.items():
            if name.endswith(".json"):
                items.append(_whole(json.loads(data), [held[name.replace(".json", ".png")]]))
    return items


def _write_tars(folder: Path, items: list[Item]) -> None:
    paths = sorted(folder.glob("*.tar"))
    for shard, path in enumerate(paths):
        with tarfile.open(path, "w") as tar:
            for number, item in enumerate(items):
                if number * len(paths) // len(items) == shard:
                    _add(tar, f"{number:09d}", item)


def _add(tar: tarfile.TarFile, key: str, item: Item) -> None:
    members = [(f"{key}.png", data) for data in item.images]
    for name, data in (*members, (f"{key}.json", json.dumps(_row(item)).encode())):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a table, none when it is not there."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def write_table(path: Path, rows: list[dict[str, str]]) -> None:
    """The rows as a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), delimiter="\t", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def _tables(folder: Path) -> list[Item]:
    lines = [json.loads(line) for line in (folder / "scenes.jsonl").read_text(encoding="utf-8").splitlines()]
    cells: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for name in TABLES:
        for row in table(folder / name):
            cells.setdefault(row["id"].partition("/")[0], []).append((name, row))
    items = []
    for line in lines:
        mine = sorted(cells[line["id"]], key=lambda cell: cell[1]["id"])
        images = [base64.b64decode(mine[0][1]["image"])]
        turns = [[row["question"], row["answer"]] for _, row in mine]
        items.append(Item(line["id"], line["metadata"], turns, images, {"line": line, "cells": mine}))
    return items


def _write_tables(folder: Path, items: list[Item]) -> None:
    tables: dict[str, list[dict[str, str]]] = {name: [] for name in TABLES}
    for item in items:
        files = [base64.b64encode(data).decode() for data in item.images]
        for number, ((name, row), turn) in enumerate(zip(item.extra["cells"], item.turns, strict=False)):
            changed = {"image": files[0] if len(files) == 1 else json.dumps(files), "question": turn[0],
                       "answer": turn[1], "id": f"{item.id}/{number}", "index": str(len(tables[name]))}  # fmt: skip
            tables[name].append({**row, **changed})
    for name, rows in tables.items():
        write_table(folder / name, rows)
    lines = [{**item.extra["line"], "id": item.id, "metadata": item.metadata} for item in items]
    (folder / "scenes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
