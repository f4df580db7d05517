"""The data card: ``README.md`` with the YAML that loaders read and the words that people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pgt_dsl.dataset.manifest import Manifest, PhotoCredit, TaskEntry


def card(manifest: Manifest, name: str, front_matter: str) -> str:
    """The text of ``README.md``. ``front_matter`` is the format's YAML."""
    parts = [
        "---\n" + front_matter + _tags(manifest) + "---\n",
        f"# {name}\n",
        f"{manifest.count:,} questions about pictures, made by pgt-dsl {manifest.pgt_version}. Every answer was "
        "certified by a second computation, independent of the one that made the scene.\n",
        _woven(manifest),
        "## Load\n\n```python\n" + manifest.usage + "\n```\n",
        "## Tasks\n\n" + _tasks(manifest),
        _groups(manifest),
        _stages(manifest),
        _answers(manifest),
        _drift(manifest),
        _chains(manifest),
        _incomplete(manifest),
        _photos(manifest),
        "## Build it again\n\n" + _rebuild(manifest),
    ]
    return "\n".join(part for part in parts if part)


def _tags(manifest: Manifest) -> str:
    count = manifest.count + sum(mix.count for mix in manifest.mixes)
    size = "n<1K" if count < 1000 else "1K<n<10K" if count < 10_000 else "10K<n<100K"
    if count >= 100_000:
        size = "100K<n<1M" if count < 1_000_000 else "n>1M"
    return f"task_categories:\n- visual-question-answering\nsize_categories:\n- {size}\ntags:\n- synthetic\n- pgt-dsl\n"


def _woven(manifest: Manifest) -> str:
    """What is not pgt-dsl's, and what the splits hold."""
    lines = []
    if manifest.mixes:
        lines += ["Woven in, and not certified by anybody:\n", "| records of | split | of | woven in | left out |",
                  "|---|---|---:|---:|---:|"]  # fmt: skip
        lines += [
            f"| {_cell(mix.name)} | {mix.split} | {mix.records:,} | {mix.count:,} | {mix.skipped:,} |"
            for mix in manifest.mixes
        ]
        paths = manifest.format in ("llava", "sharegpt", "messages") and not all(mix.copied for mix in manifest.mixes)
        lines += ["\nTheir images stay where they are: the data set names them by path.\n" if paths else ""]
    if manifest.splits:
        lines += ["| split | samples of pgt-dsl | woven in |", "|---|---:|---:|"]
        lines += [f"| {split.name} | {split.count:,} | {split.woven:,} |" for split in manifest.splits]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _tasks(manifest: Manifest) -> str:
    lines = ["| task | what it asks | samples | yield | program |", "|---|---|---:|---:|---|"]
    for task in manifest.tasks:
        share = "" if task.rate is None else f"{task.rate:.1%}"
        doc = _cell(task.doc.strip().split("\n\n")[0])
        lines.append(f"| `{_cell(task.name)}` | {doc} | {task.count:,} | {share} | `{task.program[:12]}` |")
    return "\n".join(lines) + "\n"


def _groups(manifest: Manifest) -> str:
    lines = [
        f"- `{_cell(task.name)}`: {task.count // task.group:,} groups of {task.group}, "
        + (f"which differ in `{_cell(task.swept)}`" if task.swept else "minimal pairs")
        for task in manifest.tasks
        if task.group > 1
    ]
    if not lines:
        return ""
    return "## Groups\n\nThe samples of a group have all in common but one thing.\n\n" + "\n".join(lines) + "\n"


def _stages(manifest: Manifest) -> str:
    counts: Counter[str] = Counter()
    for task in manifest.tasks:
        counts[task.stage] += task.count
    if not any(counts):
        return ""
    lines = ["| stage | samples |", "|---|---:|", *(f"| {name} | {many:,} |" for name, many in counts.items() if name)]
    return "## Stages\n\nThe rows stand stage after stage, each shuffled.\n\n" + "\n".join(lines) + "\n"


def _answers(manifest: Manifest) -> str:
    lines = [_shares(task) for task in manifest.tasks if task.count]
    if not lines:
        return ""
    return (
        "## Answers\n\nThe share of each answer, of the first question, the most frequent first.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def _shares(task: TaskEntry, most: int = 8) -> str:
    ranked = sorted(task.answers.items(), key=lambda item: (-item[1], item[0]))
    total = sum(task.answers.values()) or 1
    shown = [f"{_cell(answer)} {count / total:.1%}" for answer, count in ranked[:most]]
    rest = len(ranked) - most
    return f"- `{task.name}`: " + ", ".join(shown) + (f", and {rest:,} others" if rest > 0 else "")


def _drift(manifest: Manifest) -> str:
    bent = [(task, drawn) for task in manifest.tasks for drawn in task.drift if drawn.notable]
    if not bent:
        return ""
    lines = ["| task | drawn | declared | its mean | came out | effect |", "|---|---|---|---:|---:|---:|"]
    for task, drawn in sorted(bent, key=lambda item: -item[1].effect):
        cells = f"`{task.name}`", f"`{drawn.name}`", f"`{drawn.declared}`", *drawn.means, f"{drawn.effect:.2f}"
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return (
        "## Drift\n\nScenes that do not meet all requirements are drawn again, which bends what is drawn. An effect of "
        "0.2 means that one sample in five has another value than its declared law would give it. Quotas do not "
        "drift, and the manifest has the effects that are not listed here.\n\n" + "\n".join(lines) + "\n"
    )


def _chains(manifest: Manifest) -> str:
    lines = [
        f"| `{task.name}` | `{_cell(found.stratum)}` | {found.sweeps} | {found.scenes:,} |"
        for task in manifest.tasks
        for found in task.chains
    ]
    if not lines:
        return ""
    return (
        "## Crowded scenes\n\nThe scenes of these strata are the ends of Markov chains, one for each sample, that move "
        "one shape at a time; all other scenes follow their law exactly.\n\n| task | stratum | sweeps | scenes |\n"
        "|---|---|---:|---:|\n" + "\n".join(lines) + "\n"
    )


def _incomplete(manifest: Manifest) -> str:
    if not manifest.failed:
        return ""
    lines = [
        f"- `{task.name}`: {task.count:,} of {task.planned:,}: {_cell(task.error.splitlines()[0])}"
        for task in manifest.failed
    ]
    return "## Incomplete tasks\n\n" + "\n".join(lines) + "\n"


def _photos(manifest: Manifest) -> str:
    used = [credit for credit in manifest.credits if credit.used]
    if not used:
        return ""
    lines = ["| photo | author | licence | source | samples |", "|---|---|---|---|---:|"]
    lines += [_credit(credit) for credit in used]
    return (
        "## Photos\n\nSome pictures lie over photographs, whose licences bind whoever passes the pictures on.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def _credit(credit: PhotoCredit) -> str:
    cells = [credit.name, credit.author or "not stated", credit.licence or "not stated", credit.source or "not stated"]
    return "| " + " | ".join(map(_cell, cells)) + f" | {credit.used:,} |"


def _rebuild(manifest: Manifest) -> str:
    names = ", ".join(f"{name} {version}" for name, version in sorted(manifest.versions.items()))
    text = (
        f"Seed {manifest.seed}, short side {_sizes(manifest)} px, painter `{manifest.renderer}`, "
        f"answer forms {_weights(manifest.styles)}. The same specs, seed, size and versions ({names}) give the same "
        "pixels and texts. `manifest.json` has the hash of each program, the shares and the yields"
    )
    return text + ("; the photos had the digest `" + manifest.photos[:16] + "`.\n" if manifest.photos else ".\n")


def _sizes(manifest: Manifest) -> str:
    if not manifest.sizes:
        return str(manifest.size)
    return _weights({str(size): weight for size, weight in manifest.sizes.items()})


def _weights(styles: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {weight:g}" for name, weight in sorted(styles.items()))
