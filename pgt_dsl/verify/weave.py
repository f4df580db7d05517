"""The user's records among the rows: whether all are there, once, and in the ratio that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.mix.order import due
from pgt_dsl.verify.faults import Fault
from pgt_dsl.verify.opened import Opened
from pgt_dsl.verify.roster import Place, Theirs, plain


class Weave:
    """Takes the samples and the records of the user's in the order of their rows."""

    def __init__(self, opened: Opened) -> None:
        self._roster, self._manifest = opened.roster, opened.manifest
        self._seen = [bytearray(records) for _, _, records in self._roster.mixes]
        self._ours = [0] * len(self._roster.parts)
        self._theirs = [0] * len(self._roster.parts)
        self._parts = {part.name: k for k, part in enumerate(self._roster.parts)}
        self._uneven: Fault | None = None

    @property
    def records(self) -> int:
        """How many records of the user's there are."""
        return sum(self._theirs)

    def ours(self, place: Place, file: str, row: int) -> None:
        """The next sample of pgt-dsl's, which is there for the first time."""
        k = self._roster.part(place)
        if k < 0:
            return
        part = self._roster.parts[k]
        wanted = due(self._ours[k], part.planned, part.theirs) if part.theirs else 0
        if self._theirs[k] != wanted and self._uneven is None:
            self._uneven = Fault("rows", "the user's records are not woven in evenly: so many of this split stand "
                                 "before this row", self._roster.id(place), self._roster.tasks[place.task], file, row,
                                 f"{wanted:,}", f"{self._theirs[k]:,}")  # fmt: skip
        self._ours[k] += 1

    def theirs(self, record: Theirs, file: str, row: int) -> Iterator[Fault]:
        """The next record of the user's."""
        name, split, _ = self._roster.mixes[record.mix]
        if self._seen[record.mix][record.record]:
            yield Fault("rows", "the record is there twice", self._id(record), name, file, row, "once", "again")
            return
        self._seen[record.mix][record.record] = 1
        self._theirs[self._parts[split]] += 1

    def faults(self, complete: bool) -> Iterator[Fault]:
        """Records that are missing; where the ratio is not kept, if all samples are there in their order."""
        lost = False
        for entry, seen in zip(self._manifest.mixes, self._seen, strict=True):
            count = sum(seen)
            if count != entry.count:
                lost = True
                yield Fault("rows", f"the number of records of `{entry.name}` that are woven in", task=entry.name,
                            expected=f"{entry.count:,}", found=f"{count:,}",
                            count=abs(entry.count - count))  # fmt: skip
        if complete and not lost and self._uneven is not None:
            yield self._uneven

    def manifest_faults(self) -> Iterator[Fault]:
        """Where the manifest says other numbers of a split than there are."""
        for k, entry in enumerate(self._manifest.splits):
            for name, there in (("count", self._ours[k]), ("woven", self._theirs[k])):
                if getattr(entry, name) != there:
                    yield Fault("manifest", f"`{name}` of the split `{entry.name}`", file=MANIFEST,
                                expected=f"{there:,}", found=f"{getattr(entry, name):,}")  # fmt: skip

    def _id(self, record: Theirs) -> str:
        return f"{plain(self._roster.mixes[record.mix][0])}+{record.record:08d}"
