"""A scraped page made fit to be kept: without noise, in one order, without the names of the machine it ran on."""

import re
from collections.abc import Mapping, Sequence

from tools.recording.errors import RecordError

_NAME_OF_FAMILY = re.compile(r"# (?:HELP|TYPE) (\S+)")
_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)(?: \d+)?")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def sample_values(text: str, series: str) -> list[float]:
    """Return the values of the samples of a page whose name and labels match the regular expression `series`."""
    samples = (_SAMPLE.fullmatch(line) for line in text.splitlines())
    named = ((f"{sample[1]}{sample[2] or ''}", float(sample[3])) for sample in samples if sample)
    return [value for name, value in named if re.fullmatch(series, name)]


def clean(text: str, *, left_out: str, replaced: Mapping[str, str]) -> str:
    """Return a page without the families whose whole name matches `left_out`, sorted, with labels replaced.

    Every value of a label in `replaced` becomes the text given for it and a number from 1, in the order of the sorted
    page; labels with the same text share their numbers, so that what was equal stays equal. Buckets keep the order in
    which they were exported.

    Raises:
        RecordError: a line is neither a sample nor tells of a family.
    """
    families: dict[str, list[str]] = {}
    family = ""
    for line in text.splitlines():
        if declared := _NAME_OF_FAMILY.match(line):
            family = declared[1]
        elif not _SAMPLE.fullmatch(line):
            raise RecordError(f"not a line of a page of metrics: {line!r}")
        families.setdefault(family, []).append(line)
    kept = {name: lines for name, lines in families.items() if not re.fullmatch(left_out, name)}
    numbered: dict[str, dict[str, str]] = {stem: {} for stem in replaced.values()}

    def replace(label: re.Match[str]) -> str:
        name, value = label.groups()
        if name not in replaced:
            return label[0]
        stem = replaced[name]
        values = numbered[stem]
        return f'{name}="{values.setdefault(value, f"{stem}{len(values) + 1}")}"'

    lines = [line for name in sorted(kept) for line in sorted(kept[name], key=_place)]
    return "".join(f"{line if line.startswith('#') else _LABEL.sub(replace, line)}\n" for line in lines)


def _place(line: str) -> tuple[bool, str, list[tuple[str, str]]]:
    """HELP and TYPE first, then samples by name and labels; all buckets of a histogram are equals, and so stay put."""
    sample = _SAMPLE.fullmatch(line)
    if not sample:
        return (False, "", [])
    return (True, sample[1], sorted(pair for pair in _LABEL.findall(sample[2] or "") if pair[0] != "le"))


def head(lines: Sequence[str]) -> str:
    """Return comment lines for the top of a page."""
    return "".join(f"# {line}\n" for line in lines)
