"""Croissant, the machine-readable half of the data card: ``croissant.json`` beside ``README.md`` says which files there
are and, of Parquet files, which columns (mlcommons.org/croissant, version 1.0).

Files are named by patterns, relative to the file itself, so it holds wherever the folder lies. What nobody has told a
build is left out: an address, a date, a licence of the whole; licences of photos that were used are named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.manifest import Manifest
from pgt_dsl.dataset.storage import digest_of

if TYPE_CHECKING:
    import pyarrow as pa

CROISSANT = "croissant.json"
KINDS: Mapping[str, str] = {
    ".json": "application/json", ".jsonl": "application/jsonlines", ".tsv": "text/tab-separated-values",
    ".tar": "application/x-tar",
}  # fmt: skip
_CR = ("citeAs", "column", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes",
       "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated",
       "replace", "samplingRate", "separator", "source", "subField", "transform", "equivalentProperty")  # fmt: skip
_CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"}, **{name: f"cr:{name}" for name in _CR},
}  # fmt: skip


def croissant(manifest: Manifest, name: str, folder: Path, digests: Mapping[str, str] | None = None) -> str:
    """The text of ``croissant.json`` of a data set whose files are in ``folder``. digests: the SHA-256 of those that
    are there by name alone, which may not be all shards of a split."""
    splits = [split.name for split in manifest.splits] or [TRAIN]
    files: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for split in sorted({path.name.rpartition("-")[0] for path in (folder / "data").glob("*.parquet")}):
        files.append(_set(f"{split}-files", "application/x-parquet", f"data/{split}-*.parquet"))
        whole = [path for path in (folder / "data").glob(f"{split}-*.parquet") if path.stat().st_size]
        records.append(_records(split, f"{split}-files", min(whole)))
    for path in sorted(folder.iterdir()):
        if path.suffix in KINDS:
            files.append(_object(path, digests or {}))
    images = {manifest.image: f"image/{manifest.image.replace('raw', 'png')}"}
    for inside in ("images", *splits):
        if (folder / inside).is_dir():
            files.append(_set(inside, images[manifest.image], f"{inside}/*"))
            files += [_object(path, digests or {}, inside) for path in (folder / inside).glob("*.jsonl")]
    licences = sorted({credit.licence for credit in manifest.credits if credit.used and credit.licence})
    made = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": name,
        "description": f"{manifest.count:,} questions about pictures of {len(manifest.tasks):,} tasks, made by pgt-dsl "
        f"{manifest.pgt_version} with the seed {manifest.seed}.",
        "version": "1.0.0",
        **({"license": licences} if licences else {}),
        "distribution": files,
        "recordSet": records,
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _set(ident: str, kind: str, includes: str) -> dict[str, Any]:
    return {"@type": "cr:FileSet", "@id": ident, "name": ident, "encodingFormat": kind, "includes": includes}


def _object(path: Path, digests: Mapping[str, str], inside: str = "") -> dict[str, Any]:
    ident = f"{inside}/{path.name}" if inside else path.name
    digest = digests.get(ident) or digest_of(path)
    return {"@type": "cr:FileObject", "@id": ident, "name": ident, "contentUrl": ident,
            "encodingFormat": KINDS[path.suffix], "sha256": digest}  # fmt: skip


def _records(split: str, source: str, path: Path) -> dict[str, Any]:
    """The columns of Parquet files that hold plain values; images and messages are in their own, nested."""
    import pyarrow.parquet as pq

    fields = [
        {"@type": "cr:Field", "@id": f"{split}/{field.name}", "name": field.name, "dataType": kind,
         "source": {"fileSet": {"@id": source}, "extract": {"column": field.name}}}
        for field in pq.read_schema(path)
        if (kind := _kind(field.type))
    ]  # fmt: skip
    return {"@type": "cr:RecordSet", "@id": split, "name": split, "field": fields}


def _kind(kind: pa.DataType) -> str:
    """The data type of a column, "" of one that is nested."""
    return {"string": "sc:Text", "int64": "sc:Integer", "double": "sc:Float", "bool": "sc:Boolean"}.get(str(kind), "")
