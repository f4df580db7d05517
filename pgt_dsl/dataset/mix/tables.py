"""The records of a file by number, without holding them: JSON arrays, JSON lines, Parquet.

A file is read once from end to end, which finds where each record starts and ends (16 bytes a record are kept); then a
record is read from its place when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
import xxhash

from pgt_dsl.dataset.mix.order import Numbers
from pgt_dsl.diagnostics import PgtError

CHUNK = 1 << 22  # bytes that are read at once
MOST = 1 << 28  # bytes of a record
_SPACE = " \t\n\r"
COLUMNS = ("id", "image", "images", "conversations", "messages", "system", "objects")
"""What of a record is used."""


class Table(Protocol):
    """Records by number. ``name`` is that of the file; ``digest`` tells whether it is the same as before; ``groups`` is
    the number of the piece that each record is read with, int64[N], or None where each is read by itself."""

    name: str
    digest: str
    groups: Numbers | None

    def __len__(self) -> int: ...

    def where(self, number: int) -> str:
        """What a message calls a record."""
        ...

    def read(self, number: int) -> Any:
        """A record. Raises ``ValueError`` when it cannot be read."""
        ...

    def close(self) -> None:
        """Let go of the file, until a record is read again."""
        ...


def open_table(path: Path) -> Table:
    """The records of a file; what it is, is seen from its first bytes. Raises ``PgtError`` when it cannot be read or is
    broken as a whole."""
    try:
        with path.open("rb") as file:
            head = file.read(CHUNK)
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if head[:4] == b"PAR1":
            return ParquetTable(path)
        if start == b"[":
            return JsonTable(path, *_scan_array(path), lines=False)
        if start == b"{" or not start:
            return JsonTable(path, *_scan_lines(path), lines=True)
    except OSError as error:
        raise PgtError(f"cannot read `{path}`: {error.strerror or error}") from error
    raise PgtError(f"`{path}` holds no records: it is no array of JSON, no lines of JSON objects, no Parquet file")


class JsonTable:
    """Records of JSON at known places: ``starts`` and ``stops`` are offsets in bytes, int64[N]."""

    groups: Numbers | None = None

    def __init__(self, path: Path, starts: Numbers, stops: Numbers, rows: Numbers, digest: str, lines: bool) -> None:
        self.name, self.digest, self._lines = path.name, digest, lines
        self._path, self._starts, self._stops, self._rows = path, starts, stops, rows
        self._file: BinaryIO | None = None

    def __len__(self) -> int:
        return len(self._starts)

    def where(self, number: int) -> str:
        """``file.jsonl:18`` (the line, from 1) or ``file.json[17]`` (from 0)."""
        return f"{self.name}:{self._rows[number]}" if self._lines else f"{self.name}[{number}]"

    def read(self, number: int) -> Any:
        """Read the bytes of a record and decode them."""
        if self._file is None:
            self._file = self._path.open("rb")
        start = int(self._starts[number])
        self._file.seek(start)
        data = self._file.read(int(self._stops[number]) - start)
        try:
            return json.loads(data)
        except RecursionError:
            raise ValueError("JSON nested too deep") from None
        except UnicodeDecodeError:
            raise ValueError("not UTF-8") from None
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _scan_lines(path: Path) -> tuple[Numbers, Numbers, Numbers, str]:
    """Starts, stops and numbers (from 1) of the lines that are not empty, and the digest."""
    digest = xxhash.xxh3_128()
    ends: list[Numbers] = []
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            ends.append(np.flatnonzero(np.frombuffer(chunk, np.uint8) == 10) + size)
            size += len(chunk)
    stops = np.concatenate([*ends, [size]]).astype(np.int64)
    starts = np.concatenate([[0], stops[:-1] + 1]).astype(np.int64)
    full = stops - starts > 2  # an object has two bytes, and a line may end in \r
    with path.open("rb") as file:  # short ones may be empty or not: they are few
        for k in np.flatnonzero((stops - starts > 0) & (stops - starts < 64)):
            file.seek(int(starts[k]))
            full[k] = bool(file.read(int(stops[k] - starts[k])).strip())
    if len(starts) and full[0]:
        with path.open("rb") as file:
            starts[0] = 3 if file.read(3) == b"\xef\xbb\xbf" else 0
    rows = np.flatnonzero(full).astype(np.int64)
    return starts[full], stops[full], rows + 1, digest.hexdigest()


def _scan_array(path: Path) -> tuple[Numbers, Numbers, Numbers, str]:
    """Starts and stops of the items of an array, their numbers, and the digest."""
    digest = xxhash.xxh3_128()
    places = np.fromiter((at for item in _items(path, digest) for at in item), np.int64).reshape(-1, 2)
    return places[:, 0], places[:, 1], np.arange(len(places)), digest.hexdigest()


def _items(path: Path, digest: Any) -> Iterator[tuple[int, int]]:
    """Where the items of an array start and stop.

    The bytes are taken as Latin-1, in which a character is a byte: so the decoder's places are places in the file, and
    all that is looked for is ASCII. Items are decoded and forgotten, one at a time.
    """
    decoder = json.JSONDecoder(parse_float=str, parse_int=str)
    with path.open("rb") as file:
        text, base, at, step, count = "", 0, 0, CHUNK, 0

        def more() -> bool:
            nonlocal text, base, at, step
            data = file.read(step)
            digest.update(data)
            text, base, at, step = text[at:] + data.decode("latin-1"), base + at, 0, min(2 * step, MOST)
            return bool(data)

        def sign() -> str:
            nonlocal at
            while True:
                while at < len(text) and text[at] in _SPACE:
                    at += 1
                if at < len(text) or not more():
                    return text[at : at + 1]

        more()
        at = 3 if text.startswith("\xef\xbb\xbf") else 0
        sign()
        at += 1  # the bracket that was seen
        closed = sign() == "]"
        at += closed
        while not closed:
            try:
                if not sign():
                    raise ValueError
                end = decoder.raw_decode(text, at)[1]
                if end == len(text) and text[end - 1] not in '}]"' and more():
                    continue  # a number may go on
            except RecursionError:
                raise PgtError(f"`{path}`: record {count} is nested too deep") from None
            except ValueError as error:
                cut = not isinstance(error, json.JSONDecodeError) or (
                    error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
                )
                if len(text) - at < MOST and more():
                    continue
                raise PgtError(_broken(path, count, base + at, cut)) from None
            yield base + at, base + end
            at, step, count = end, CHUNK, count + 1
            found = sign()
            if found not in (",", "]"):
                raise PgtError(_broken(path, count, base + at, cut=not found, after=True))
            at, closed = at + 1, found == "]"
        if sign():
            raise PgtError(f"`{path}`: something follows the end of the array, at byte {base + at}")
        while more():
            at = len(text)


def _broken(path: Path, count: int, at: int, cut: bool, after: bool = False) -> str:
    if cut:
        return f"`{path}` ends before its array does, after {count:,} records: it is not whole"
    place = "after" if after else "in"
    return f"`{path}` is not JSON {place} record {count - after}, at byte {at:,}"


class ParquetTable:
    """Rows of a Parquet file; the row group of the last one that was asked for is kept."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.name = path.name
        try:
            self._file = pq.ParquetFile(path)
            meta = self._file.metadata
            sizes = [meta.row_group(k).num_rows for k in range(meta.num_row_groups)]
            with path.open("rb") as file:
                file.seek(-8, 2)
                file.seek(-min(int.from_bytes(file.read(4), "little") + 8, path.stat().st_size), 2)
                self.digest = xxhash.xxh3_128_hexdigest(f"{path.stat().st_size}/".encode() + file.read())
        except (pa.ArrowException, ValueError) as error:
            raise PgtError(f"cannot read the Parquet file `{path}`: {error}") from error
        self.columns = tuple(self._file.schema_arrow.names)
        self._ends = np.cumsum(np.asarray(sizes, np.int64))
        self.groups: Numbers | None = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
        self._held: tuple[int, Any] | None = None

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def where(self, number: int) -> str:
        """``file.parquet[17]``."""
        return f"{self.name}[{number}]"

    def read(self, number: int) -> Any:
        """A row as a dict, of the columns that are used, without empty ones."""
        import pyarrow as pa

        group = int(np.searchsorted(self._ends, number, side="right"))
        first = int(self._ends[group - 1]) if group else 0
        try:
            if self._held is None or self._held[0] != group:
                self._held = None
                wanted = [name for name in self.columns if name in COLUMNS]
                self._held = group, self._file.read_row_group(group, columns=wanted)
            row = self._held[1].slice(number - first, 1).to_pylist()[0]
        except (pa.ArrowException, OSError, ValueError) as error:
            raise ValueError(f"cannot be read: {error}") from None
        return {name: value for name, value in row.items() if value is not None}

    def close(self) -> None:
        """Forget the row group; the file's footer is kept."""
        self._held = None


def find_files(pattern: str, folder: Path) -> list[Path]:
    """The data files of a file, a folder (its Parquet files, else its JSON) or a pattern; paths start at ``folder``."""
    path = Path(pattern).expanduser()
    exact = path if path.is_absolute() else folder / path
    if exact.is_file():
        return [exact]
    if exact.is_dir():
        for suffix in ("parquet", "jsonl", "json"):
            found = sorted(p for p in exact.rglob(f"*.{suffix}") if p.is_file())
            if found:
                return found
        return []
    if any(sign in path.name for sign in "*?["):
        with suppress(OSError, ValueError):
            return sorted(p for p in exact.parent.glob(exact.name) if p.is_file())
    return []
