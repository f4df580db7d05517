"""Reading back what ``formats.sharegpt`` wrote: ``sharegpt.json``, ``scenes.jsonl``, ``images/``, and whether
``dataset_info.json`` tells LLaMA-Factory where they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.formats.reading import CONVERSATIONS, Piece, Problem, json_value, named
from pgt_dsl.dataset.formats.records_reader import RecordsReader

INFO = "dataset_info.json"


class ShareGptReader(RecordsReader):
    """Images are paths in a list."""

    __slots__ = ()
    table = "sharegpt.json"
    speech, placeholder = CONVERSATIONS, "<image>\n"

    def pieces(self) -> Iterator[Piece | Problem]:
        """Records with their lines, after a look at ``dataset_info.json``."""
        yield from self._info()
        yield from RecordsReader.pieces(self)

    def _info(self) -> Iterator[Problem]:
        columns = {"messages": self.speech.turns, "images": self.images}
        wanted = {
            "pgt" if split == TRAIN else f"pgt-{split}":
            {"file_name": named(self.table, split), "formatting": "sharegpt", "columns": columns}
            for split in self.splits
        }  # fmt: skip
        try:
            found = json_value((self.folder / INFO).read_text(encoding="utf-8"))
        except FileNotFoundError:
            yield Problem(INFO, None, "the file is missing", "what LLaMA-Factory reads first")
        except (OSError, ValueError) as error:
            yield Problem(INFO, None, f"the file cannot be read: {error}", "a JSON object")
        else:
            if found != wanted:
                yield Problem(INFO, None, "LLaMA-Factory would not find the records by it", str(wanted))


def read(folder: Path, splits: tuple[str, ...] = (TRAIN,)) -> ShareGptReader:
    """The reader of the format ``sharegpt``."""
    return ShareGptReader(folder, splits)
