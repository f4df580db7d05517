"""What a format of Parquet files holds: its columns, and how the questions of a sample become rows of them.

From the schema follow what Hugging Face wants to know of the columns, in the files and in the head of ``README.md``.
The files say ``_type: Sequence``, which old and new releases of ``datasets`` read alike (``List``, which new ones
write, stops the old ones).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from pgt_dsl.dataset.given import Row
from pgt_dsl.dataset.sample import Sample

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
TURN = pa.struct([("from", pa.string()), ("value", pa.string())])
MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
Rows = Callable[[Row, int], Sequence[dict[str, Any]]]


def schema(columns: Sequence[tuple[str, pa.DataType]]) -> pa.Schema:
    """The column ``images`` and then others, with what ``datasets`` reads them by."""
    bare = pa.schema([("images", pa.list_(IMAGE)), *columns])
    features = {field.name: _feature(field.type) for field in bare}
    return bare.with_metadata({"huggingface": json.dumps({"info": {"features": features}})})


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of Parquet files.

    schema: of ``schema()``. rows: the rows of a sample, all columns but ``images``, which every row of a sample has;
    it is given how many rows there are before. unique: the leaves, by their paths, of which each row has a value of its
    own, so that a dictionary would be of no use. split: ``data/SPLIT-00000.parquet``.
    """

    schema: pa.Schema
    rows: Rows
    unique: tuple[str, ...] = ("id", "metadata")
    split: str = "train"

    def of(self, split: str) -> Table:
        """The same table for another split."""
        return replace(self, split=split)

    def leaves(self) -> list[str]:
        """The paths, as Parquet has them, of all that holds values but ``images``."""
        return [path for field in self.schema if field.name != "images" for path in _leaves(field.name, field.type)]

    def front_matter(self) -> str:
        """The split and the features, as YAML."""
        lines = ["configs:", "- config_name: default", "  data_files:", f"  - split: {self.split}",
                 f"    path: data/{self.split}-*.parquet", "dataset_info:", "  features:"]  # fmt: skip
        lines += [line for field in self.schema for line in _yaml(field.name, field.type, "  ")]
        return "\n".join(lines) + "\n"


def of_samples(rows: Callable[[Sample, int], Sequence[dict[str, Any]]]) -> Rows:
    """``rows`` of a format that takes no records of the user's: its ``FormatSpec`` says so, and no build gives it
    any."""

    def checked(sample: Row, number: int) -> Sequence[dict[str, Any]]:
        assert isinstance(sample, Sample), "the declaration of the format says that it takes nothing else"
        return rows(sample, number)

    return checked


def _feature(kind: pa.DataType) -> Any:
    if kind == IMAGE:
        return {"_type": "Image"}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    if pa.types.is_list(kind):
        item = _feature(kind.value_type)
        return [item] if "_type" not in item else {"feature": item, "_type": "Sequence"}
    return {"dtype": str(kind), "_type": "Value"}


def _leaves(path: str, kind: pa.DataType) -> Iterator[str]:
    if pa.types.is_list(kind):
        yield from _leaves(f"{path}.list.element", kind.value_type)
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(f"{path}.{field.name}", field.type)
    else:
        yield path


def _yaml(name: str, kind: pa.DataType, indent: str) -> Iterator[str]:
    yield f"{indent}- name: {name}"
    inner = kind.value_type if pa.types.is_list(kind) else kind
    if inner == IMAGE:
        yield f"{indent}  sequence: image"
    elif pa.types.is_struct(inner):
        yield f"{indent}  {'list' if inner is not kind else 'struct'}:"
        for field in inner:
            yield from _yaml(field.name, field.type, indent + "  ")
    else:
        yield f"{indent}  {'sequence' if inner is not kind else 'dtype'}: {inner}"
