"""A ``Mix``: what is to be woven in, and its records once they have been found, checked and chosen.

All checks come before the first sample is made. Chosen are the first good records of a seeded order; so a bad one that
is skipped is replaced by the next, and the number stays what it was to be.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from pgt_dsl.dataset.given import Given
from pgt_dsl.dataset.mix.order import Numbers, apportion, key, scramble, shuffled
from pgt_dsl.dataset.mix.reading import BadRecord, Reader, unused
from pgt_dsl.dataset.mix.tables import ParquetTable, Table, find_files, open_table
from pgt_dsl.dataset.record import id_stem
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import FormatSpec

SHOWN = 12  # bad records that a message names
Say = Callable[[str], None]


class MixError(PgtError):
    """A mix cannot be made. ``code`` has a page; ``near`` is the word of the recipe that it is about; ``name`` the
    mix; ``others`` are what is wrong with other mixes."""

    def __init__(self, code: str, name: str, near: str, message: str) -> None:
        self.code, self.name, self.near, self.message = code, name, near, message
        self.others: tuple[MixError, ...] = ()
        super().__init__(f"{code}: {message}")

    def __str__(self) -> str:
        return "\n".join([f"{self.code}: {self.message}", *map(str, self.others)])


@dataclass(frozen=True, slots=True)
class Mix:
    """What is to be woven in. ``data``: a file, a folder or a pattern, from ``base``; ``images``: the folder in which
    paths of images start, by default that of the data. How many: ``samples`` of them, the ``share`` of the whole that
    they are to make up, or ``ratio`` of them to one of ours; all when none of these is said."""

    name: str
    data: str
    base: Path = Path()
    images: str | None = None
    samples: int | None = None
    share: float | None = None
    ratio: float | None = None
    copy: bool = False
    skip_bad: bool = False
    decode: bool = False
    split: str = "train"


@dataclass
class Source:
    """A mix with its chosen records: ``chosen`` are their numbers in the order of the output, int64[T]; ``bad`` are
    those that were left out, with their reasons."""

    mix: Mix
    tables: Sequence[Table]
    reader: Reader
    records: int
    chosen: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    bad: dict[int, str] = field(default_factory=dict)
    missing: int = 0
    unused: dict[str, int] = field(default_factory=dict)
    digest: str = ""

    def __len__(self) -> int:
        return len(self.chosen)

    @property
    def identity(self) -> list[object]:
        """What is the same for two builds only if they weave in the same, as JSON."""
        numbers = hashlib.blake2b(self.chosen.astype("<i8").tobytes(), digest_size=16).hexdigest()
        return [self.mix.name, self.mix.split, self.digest, str(self.reader.folder), self.mix.copy, len(self), numbers]

    def where(self, number: int) -> str:
        """What a message calls a record: its file, and its place there."""
        table, row = self._place(number)
        return self.tables[table].where(row)

    def read(self, number: int, check: bool = False) -> Given:
        """A record. Raises ``BadRecord``."""
        table, row = self._place(number)
        try:
            raw = self.tables[table].read(row)
        except (ValueError, OSError) as error:
            raise BadRecord(str(error)) from None
        made = self.reader.read(raw, f"{id_stem(self.mix.name)}+{number:08d}", number, self.where(number), check)
        if check:
            for name in unused(raw):
                self.unused[name] = self.unused.get(name, 0) + 1
        return made

    def rows(self, start: int = 0) -> Iterator[Given]:
        """The chosen records from a place on. Raises ``PgtError`` when one has changed since it was checked."""
        for number in self.chosen[start:]:
            try:
                yield self.read(int(number))
            except BadRecord as error:
                raise PgtError(f"{self.where(int(number))}: {error} (it was there when it was checked)") from None

    def close(self) -> None:
        """Let go of the files."""
        for table in self.tables:
            table.close()

    def _place(self, number: int) -> tuple[int, int]:
        for k, table in enumerate(self.tables):
            if number < len(table):
                return k, number
            number -= len(table)
        raise IndexError(number)


def open_source(mix: Mix, format: FormatSpec) -> Source:
    """Find the files and their records. Raises ``MixError`` (R805) when there are none or they cannot be read."""
    files = find_files(mix.data, mix.base)
    if not files:
        raise MixError("R805", mix.name, mix.data, f"`{mix.data}` names no data: a JSON or Parquet file, a folder of "
                       "such files, or a pattern, beside the recipe or by its whole path")  # fmt: skip
    try:
        tables = [open_table(file) for file in files]
    except PgtError as error:
        raise MixError("R805", mix.name, mix.data, str(error)) from None
    folder = files[0].parent
    if mix.images is not None:
        folder = mix.base / Path(mix.images).expanduser()
        if not folder.is_dir():
            raise MixError("R805", mix.name, mix.images, f"there is no folder of images `{folder}`")
    reader = Reader(mix.name, Path(os.path.abspath(folder)), format, mix.copy, mix.decode)
    source = Source(mix, tables, reader, sum(map(len, tables)))
    for table in tables:
        if isinstance(table, ParquetTable) and not {"conversations", "messages"} & set(table.columns):
            raise MixError("R805", mix.name, mix.data, f"`{table.name}` has no column `conversations` or `messages`; "
                           f"it has: {', '.join(table.columns)}")  # fmt: skip
    if not source.records:
        raise MixError("R805", mix.name, mix.data, f"`{mix.data}` holds no records")
    return source


def choose(source: Source, wanted: int | None, seed: int, say: Say | None = None) -> None:
    """Choose ``wanted`` records (None: all that are good), check each of them, and put them in their order.

    Raises ``MixError``: R806 when some are bad and the mix does not skip them, R807 when there are too few.
    """
    mix = source.mix
    need = source.records if wanted is None else wanted
    if need > source.records:
        raise _too_few(source, need)
    order = shuffled(source.records, key("choose", mix.name, seed))
    good: list[Numbers] = []
    taken = found = 0
    while found < need and taken < source.records:
        part = np.sort(order[taken : taken + need - found])
        taken += len(part)
        if say is not None:
            say(f"checking {len(part):,} records of `{mix.name}`")
        fine = part[_checked(source, part)]
        if source.bad and not mix.skip_bad:
            raise MixError("R806", mix.name, mix.data, told(source))
        good.append(fine)
        found += len(fine)
        if wanted is None:
            break
    if wanted is not None and found < wanted:
        raise _too_few(source, wanted)
    chosen = np.concatenate([*good, np.empty(0, np.int64)])
    source.close()
    source.chosen = _ordered(source, chosen, key("order", mix.name, seed))
    source.digest = "/".join(table.digest for table in source.tables)


def wanted_counts(mixes: Sequence[Mix], ours: int) -> list[int | None]:
    """How many records of each mix of one split go with so many samples of ours, exactly; None: all that there are.

    Shares are of the whole, which is then ``ours / (1 - the sum of shares)`` and what the others bring.
    """

    shares = [Fraction(str(mix.share)) if mix.share is not None else Fraction(0) for mix in mixes]
    fixed: list[int | None] = []
    for mix in mixes:
        if mix.ratio is not None:
            fixed.append(round(Fraction(str(mix.ratio)) * ours))
        else:
            fixed.append(mix.samples)
    if not any(shares):
        return fixed
    if sum(shares) >= 1:
        raise MixError("R808", mixes[0].name, "share", f"the shares of the mixes are {float(sum(shares)):g} of the "
                       "whole, which leaves nothing for the tasks; together they are less than 1")  # fmt: skip
    mixed = [mix.name for mix, share, many in zip(mixes, shares, fixed, strict=True) if not share and many is None]
    if mixed:
        raise MixError("R808", mixed[0], mixed[0], f"`{mixed[0]}` has no `samples`, `share` or `ratio`, and others "
                       "have shares of the whole: say how many there are of each")  # fmt: skip
    base = ours + sum(many or 0 for many in fixed)
    total = round(base * sum(shares) / (1 - sum(shares)))
    parts = iter(apportion(total, [share for share in shares if share]))
    return [next(parts) if share else many for share, many in zip(shares, fixed, strict=True)]


def told(source: Source) -> str:
    """What is wrong with the bad records, the first of them one a line."""
    many = len(source.bad)
    lines = [f"{many:,} record{'s' if many > 1 else ''} of `{source.mix.name}` cannot be used:"]
    lines += [f"  {source.where(number)}: {reason}" for number, reason in list(source.bad.items())[:SHOWN]]
    if many > SHOWN:
        lines.append(f"  and {many - SHOWN:,} more")
    return "\n".join(lines)


def _checked(source: Source, numbers: Numbers) -> list[bool]:
    """Whether each record is good; the reasons of bad ones are entered."""
    fine = []
    for number in map(int, numbers):
        try:
            source.read(number, check=True)
        except BadRecord as error:
            source.bad[number] = str(error)
            source.missing += str(error).endswith("is not there")
        fine.append(number not in source.bad)
    return fine


def _ordered(source: Source, chosen: Numbers, seed: int) -> Numbers:
    """A seeded order; rows that are read in pieces stay together by piece, each piece in an order of its own."""
    pieces = np.empty(source.records, np.int64)
    first = grouped = 0
    for table in source.tables:
        rows = slice(first, first + len(table))
        if table.groups is not None:
            pieces[rows] = table.groups + grouped
            grouped += int(table.groups[-1]) + 1 if len(table) else 0
        else:
            pieces[rows] = -1
        first += len(table)
    by_piece = scramble(pieces[chosen], seed)
    return chosen[np.lexsort((scramble(chosen, seed), by_piece))]


def _too_few(source: Source, wanted: int) -> MixError:
    left = source.records - len(source.bad)
    words = f"`{source.mix.name}` is to give {wanted:,} records and has {left:,}"
    if source.bad:
        words += f" good ones of {source.records:,}\n{told(source)}"
    near = "share" if source.mix.share is not None else "ratio" if source.mix.ratio is not None else "samples"
    return MixError("R807", source.mix.name, near, words)
