"""What a process does with a piece of a data set: reads it, makes its samples again, and judges each row."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import xxhash

from pgt_dsl.dataset.formats.reading import Piece, Problem, Row, Woven, json_value
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.dataset.pixel_check import faults as id_faults
from pgt_dsl.dataset.record import canonical_json, metadata, turns
from pgt_dsl.dataset.tally import Checked
from pgt_dsl.dataset.worker import collecting_seldom
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.columns import names_of_colors
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scene.serial import scene_from_json, scene_parts
from pgt_dsl.solve import Sampler
from pgt_dsl.solve.drift import Counts, add
from pgt_dsl.verify.faults import Fault, short
from pgt_dsl.verify.features import Where, fingerprints, places
from pgt_dsl.verify.opened import Opened
from pgt_dsl.verify.pictures import Pictures, Rgb
from pgt_dsl.verify.roster import Place, Theirs
from pgt_dsl.verify.texts import CONTINUOUS, answer_findings, differences, text_findings
from pgt_dsl.verify.woven import woven_findings

KEPT = 8  # tasks that a process keeps planned
PAINTED = 1 << 21  # px that are painted at once
MOST_TOLD = 2  # disagreements of one scene that are told


@dataclass(frozen=True, slots=True)
class Job:
    """A piece to be judged; ``task`` is for the crew, which keeps apart tasks that fail."""

    piece: Piece
    task: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What counts of a sample: digest of its pixels; for each question a key (picture and question), a hash of the
    answer, and whether that is exact; fingerprints; the rest for the tally of its task."""

    place: Place
    pixels: str
    asked: tuple[tuple[bytes, bytes, bool], ...]
    prints: tuple[int, int]
    where: Where
    answer: str
    photo: str
    styles: tuple[str, ...]
    stratum: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job. ``there``: the samples of the rows in their order, and the user's records among them, with
    the file and the row of each; ``seen``: what counts of those that were judged. By task ``checked``, ``drawn`` and
    ``shares``: those that quotas should have, with the short side of the pictures that they are for."""

    job: Job
    faults: tuple[Fault, ...] = ()
    there: tuple[tuple[Place | Theirs, str, int], ...] = ()
    seen: tuple[Seen, ...] = ()
    checked: Mapping[int, Checked] = field(default_factory=dict)
    drawn: Mapping[int, Counts] = field(default_factory=dict)
    shares: Mapping[int, tuple[Mapping[str, Mapping[str, float]], int]] = field(default_factory=dict)


class Replay(Pipeline):
    """The stages of a task that is known to be possible, since it has given samples: nothing is proved of it."""

    @cached_property
    def sampler(self) -> Sampler:
        """The planned sampler."""
        return Sampler(self.program, self.registry, self.seed, self.size, self.photos, program_hash=self.hash)


class Judge:
    """Judges pieces of one data set."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.pictures = Pictures(opened)
        self._pipelines: OrderedDict[int, dict[int, Replay]] = OrderedDict()  # by task, and by the size of pictures

    def run(self, job: Job) -> Result:
        """Judge the rows of a piece."""
        found: list[Fault] = []
        rows: list[tuple[Row, Place]] = []
        there: list[tuple[Place | Theirs, str, int]] = []
        for item in self._read(job.piece):
            if isinstance(item, Problem):
                found.append(of_problem(item))
            elif isinstance(item, Woven):
                record = self._record(item, job.piece.split, found)
                there += [] if record is None else [(record, item.file, item.row)]
            elif (place := self._placed(item, job.piece.split, found)) is not None:
                rows.append((item, place))
                there.append((place, item.file, item.row))
        chosen = [(row, place) for row, place in rows if self.opened.chosen(place)]
        seen: list[Seen] = []
        checked: dict[int, Checked] = {}
        drawn: dict[int, Counts] = {}
        shares: dict[int, tuple[Mapping[str, Mapping[str, float]], int]] = {}
        with collecting_seldom():
            for task in dict.fromkeys(place.task for _, place in chosen):
                seen += self._task(task, [(row, place) for row, place in chosen if place.task == task], found)
                planned = sorted(self._planned(task), key=lambda pipeline: -pipeline.size)
                for pipeline in planned:  # asked now: the next task may have it forgotten
                    checked[task] = checked.get(task, Checked()).plus(pipeline.checked())
                    drawn[task] = add(drawn.get(task, {}), pipeline.drawn())
                    shares[task] = pipeline.shares, pipeline.size
        return Result(job, tuple(found), tuple(there), tuple(seen), checked, drawn, shares)

    def _read(self, piece: Piece) -> Iterator[Row | Woven | Problem]:
        """The rows; whatever a reader raises is a problem of the piece."""
        try:
            yield from self.opened.reader.rows(piece)
        except Exception as error:  # a plugin's reader or a file that changes meanwhile
            yield Problem(piece.file, piece.first, f"the rows from here cannot be read: {_said(error)}", "rows")

    def _record(self, row: Woven, split: str, found: list[Fault]) -> Theirs | None:
        """Which record of the user's a row says it is; what is wrong with it."""
        record = self.opened.roster.record(row.id, split)
        mix = "" if record is None else self.opened.roster.mixes[record.mix][0]
        for check, message, expected, has in woven_findings(row, record, mix):
            found.append(Fault(check, message, row.id, mix, row.file, row.row, expected, has))
        return record

    def _placed(self, row: Row, split: str, found: list[Fault]) -> Place | None:
        """Which sample a row says it is."""
        roster = self.opened.roster
        place = roster.place(row.id)
        if place is None:
            task = roster.task(row.id)
            if task is None or self.opened.programs[task] is not None:
                found.append(Fault("rows", "no such sample was planned", short(row.id), file=row.file, row=row.row,
                                   expected="an id of the manifest's samples", found=short(row.id)))  # fmt: skip
            return None
        part = roster.part(place)
        due = roster.parts[part].name if part >= 0 else "no split"
        if self.opened.manifest.splits and due != split:
            found.append(Fault("rows", "the sample stands in the wrong split", row.id, roster.tasks[place.task],
                               row.file, row.row, due, split))  # fmt: skip
        return place

    def pipeline(self, task: int, size: int | None = None) -> Replay:
        """The stages of a task for one size of pictures (None: the smallest), planned once and kept for a while."""
        of_task = self._pipelines.setdefault(task, {})
        self._pipelines.move_to_end(task)
        side = self.opened.manifest.size if size is None else size
        if side not in of_task:
            o, program = self.opened, self.opened.programs[task]
            assert program is not None
            of_task[side] = Replay(program, o.registry, o.manifest.seed, side, o.photos, o.renderer,
                                   o.languages_of(task), o.translations[task])  # fmt: skip
        return of_task[side]

    def _planned(self, task: int) -> list[Replay]:
        """The stages of a task that have made scenes, the smallest size first."""
        of_task = self._pipelines.get(task, {})
        return [of_task[size] for size in sorted(of_task) if "sampler" in of_task[size].__dict__]

    # a task ---------------------------------------------------------------------------------------------------

    def _task(self, task: int, rows: Sequence[tuple[Row, Place]], found: list[Fault]) -> Iterator[Seen]:
        """Judge rows of one task."""
        if self.opened.programs[task] is None:
            return
        while len(self._pipelines) >= KEPT and task not in self._pipelines:
            self._pipelines.popitem(last=False)
        again = self._twins_of_before(task, rows)
        again |= self._again(task, sorted({p.index for _, p in rows if (p.index, p.twin) not in again}))
        indices = sorted({place.index for _, place in rows})
        sizes = dict(zip(indices, self.opened.sizes_of(task, indices), strict=True))
        whole = max((s.width * s.height for s in again.values() if isinstance(s, Scene)), default=1)
        step = max(1, PAINTED // whole)
        for first in range(0, len(rows), step):
            part = rows[first : first + step]
            scenes = [again[p.index, p.twin] for _, p in part]
            painted = self._painted(task, [s for s in scenes if isinstance(s, Scene)])
            for (row, place), scene in zip(part, scenes, strict=True):
                said = _Said(found, row, self.opened.roster.tasks[task])
                try:
                    kept = self._row(row, place, scene, sizes[place.index], painted, said)
                except Exception as error:  # metadata that mean harm, a plugin's part
                    said.add("metadata", f"the sample cannot be judged: {_said(error)}")
                    continue
                if kept is not None:
                    yield kept

    def _twins_of_before(self, task: int, rows: Sequence[tuple[Row, Place]]) -> dict[tuple[int, int], Scene | str]:
        """The second scenes of pairs whose first rows are in another piece, which counts the attempts of both."""
        firsts = {place.index for _, place in rows if place.twin == 0}
        alone = sorted({place.index for _, place in rows if place.twin and place.index not in firsts})
        if not alone:
            return {}
        made = self._again(task, alone, watched=False)
        for pipeline in self._planned(task):
            pipeline.checked()  # forgotten
        return {key: scene for key, scene in made.items() if key[1]}

    def _again(self, task: int, indices: Sequence[int], watched: bool = True) -> dict[tuple[int, int], Scene | str]:
        """The scenes of some indices, or why there are none."""
        found: dict[tuple[int, int], Scene | str] = {}
        sizes = self.opened.sizes_of(task, indices)
        for size in sorted(set(sizes)):
            mine = [index for index, side in zip(indices, sizes, strict=True) if side == size]
            found |= self._of_one_size(task, size, mine, watched)
        return found

    def _of_one_size(
        self, task: int, size: int, indices: Sequence[int], watched: bool
    ) -> dict[tuple[int, int], Scene | str]:
        copies = self.opened.roster.copies[task]
        try:
            scenes = self.pipeline(task, size).scenes(indices, watched=watched)
            return {(scene.index, scene.twin): scene for scene in scenes}
        except Exception as error:
            why = str(error) if isinstance(error, PgtError) else _said(error)
            if len(indices) == 1:
                return {(indices[0], twin): why for twin in range(copies)}
        made: dict[tuple[int, int], Scene | str] = {}
        for index in indices:  # one that cannot be made does not cost the others anything
            made |= self._of_one_size(task, size, [index], watched)
        return made

    def _painted(self, task: int, scenes: Sequence[Scene]) -> dict[tuple[int, int], tuple[Rgb, Any] | str]:
        try:
            painted = self.pipeline(task).paint(scenes, ids=True)
        except Exception as error:  # a photo that is gone, a plugin's painter
            return {(scene.index, scene.twin): _said(error) for scene in scenes}
        return {
            (scene.index, scene.twin): (one.rgb[0], None if one.ids is None else one.ids[0])
            for scene, one in zip(scenes, painted, strict=True)
        }

    # a row ----------------------------------------------------------------------------------------------------

    def _row(
        self, row: Row, place: Place, scene: Scene | str, size: int, painted: Mapping[Any, Any], said: _Said
    ) -> Seen | None:
        for fault in row.faults:
            said.add("files", fault)
        if isinstance(scene, str):
            said.add("replay", f"the sample cannot be made again: {scene}")
            return None
        opened, pipeline = self.opened, self.pipeline(place.task)
        styles = opened.manifest.styles_of(place.task)
        data, recorded = self._recorded(row, scene, size, said, styles)
        if isinstance(recorded, Scene):
            voice = pipeline.voices.get(recorded.language)
            faults = certify(pipeline.program, recorded, registry=opened.registry, photos=opened.photos,
                             tongue=None if voice is None else voice.tongue)  # fmt: skip
            for disagreement in faults[:MOST_TOLD]:
                said.add("oracle", disagreement.what, short(disagreement.expected), short(disagreement.found))
            suffix, ends = opened.encoding.suffix, opened.suffix
            for finding in text_findings(row, recorded, styles, suffix, opened.holds, ends, opened.coordinates):
                said.add(*finding)
            for finding in answer_findings(recorded, names_of_colors(opened.registry.colors)):
                said.add(*finding)
        picture = painted.get((place.index, place.twin))
        if not isinstance(picture, tuple):
            said.add("repaint", f"the scene cannot be painted again: {picture}")
            return None
        rgb, ids = picture
        for fault in id_faults(pipeline.program, scene, ids, opened.registry, opened.photos)[:MOST_TOLD]:
            said.add("ids", fault)
        crops = self.pictures.crops(rgb, scene.cuts)
        files, found = self.pictures.read(row.images, crops)
        digest = str(data.get("pixels")) if isinstance(data, dict) else ""
        for finding in [*found, *(self.pictures.judge(files, crops, digest) if files else ())]:
            said.add(*finding)
        return None if not isinstance(recorded, Scene) else _seen(place, recorded, digest, styles)

    def _recorded(
        self, row: Row, scene: Scene, size: int, said: _Said, styles: Mapping[str, float]
    ) -> tuple[Any, Scene | None]:
        """The metadata of a row and the scene that they record; compared with the scene made again."""
        manifest = self.opened.manifest
        try:
            data = json_value(row.metadata)
            if not isinstance(data, dict) or not isinstance(data.get("scene"), dict):
                raise ValueError("they hold no scene")
        except ValueError as error:
            said.add("metadata", f"they are not the metadata of a sample: {error}", "JSON with a scene",
                     short(row.metadata))  # fmt: skip
            return None, None
        text = metadata(
            scene, turns(scene, styles), str(data.get("pixels")), size=size, photos=manifest.photos,
            renderer=manifest.renderer, version=manifest.pgt_version, coordinates=manifest.coordinates,
        )  # fmt: skip
        if text != row.metadata:
            self._differs(json_value(text), data, said)
        try:
            return data, scene_from_json(data["scene"])
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            said.add("metadata", f"the recorded scene cannot be read: {_said(error)}")
            return data, None

    @staticmethod
    def _differs(wanted: dict[str, Any], data: dict[str, Any], said: _Said) -> None:
        heads = [{k: v for k, v in whole.items() if k != "scene"} for whole in (wanted, data)]
        told = [("metadata", *found) for found in differences(heads[0], heads[1])]
        told += [("replay", *found) for found in differences(wanted["scene"], data["scene"], "scene")]
        for check, path, _, expected, found in told:
            said.add(check, f"`{path}` is another", expected, found)
        if not told:
            said.add("metadata", "they are not written as pgt-dsl writes them (order, spaces or numbers)",
                     short(canonical_json(wanted)[:80]), short(canonical_json(data)[:80]))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Said:
    """Collects faults of one row."""

    found: list[Fault]
    row: Row
    task: str

    def add(self, check: str, message: str, expected: str = "", found: str = "") -> None:
        """A fault."""
        row = self.row
        self.found.append(Fault(check, message, row.id, self.task, row.file, row.row, expected, found))


def _seen(place: Place, scene: Scene, digest: str, styles: Mapping[str, float]) -> Seen:
    asked = tuple(
        (
            xxhash.xxh3_128_digest(f"{digest}\0{ask.question}".encode()),
            xxhash.xxh3_64_digest(ask.text.encode()),
            ask.form not in CONTINUOUS,
        )
        for ask in scene.asks
    )
    said = tuple(turn.style for turn in turns(scene, styles))
    return Seen(place, digest, asked, fingerprints(scene), places(scene), scene.asks[0].text, scene.background.photo,
                said, dict(scene_parts(scene)["stratum"]))  # fmt: skip


def of_problem(problem: Problem) -> Fault:
    """The fault that a reader's problem is."""
    return Fault("files", problem.message, file=problem.file, row=problem.row, expected=problem.expected)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}"
