"""What the manifest says of splits and of the records that were woven in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pgt_dsl.dataset.manifest import MixEntry, SplitEntry
from pgt_dsl.dataset.mix.loom import Strand

Woven = Mapping[str, tuple[int, int, list[int]]]
"""For each split: samples, records of the user's, and those of each mix (``Loom.counts``)."""


def split_entries(strands: Sequence[Strand], woven: Woven) -> tuple[SplitEntry, ...]:
    """The splits in their order."""
    return tuple(
        SplitEntry(
            name=s.name,
            planned=s.planned,
            count=woven[s.name][0],
            woven=woven[s.name][1],
            indices=tuple(map(len, s.indices.values())),
        )
        for s in strands
    )


def mix_entries(strands: Sequence[Strand], woven: Woven) -> tuple[MixEntry, ...]:
    """The mixes in the order of the splits."""
    return tuple(
        MixEntry(
            name=source.mix.name,
            split=strand.name,
            files=tuple(table.name for table in source.tables),
            digest=source.digest,
            records=source.records,
            planned=len(source),
            count=count,
            copied=source.mix.copy,
            skipped=len(source.bad),
            unused=dict(sorted(source.unused.items())),
        )
        for strand in strands
        for source, count in zip(strand.sources, woven[strand.name][2] if strand.sources else (), strict=True)
    )
