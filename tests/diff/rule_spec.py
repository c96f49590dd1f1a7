"""The small spec that every rule of the diff is tried on, and the edit that each rule shows.

The files under `descriptors/` are read as one text, in which a comment names the file that begins. A rule's
`before` stands in it once, as whole lines, and `after` takes its place. Where `before` is nothing, or is
what another rule's edit makes, `after` stands there instead and `before` is put in its place.
"""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent, indent

from codegen import ir
from codegen.load import load_spec
from codegen.report.rule import Rule

DESCRIPTORS = Path(__file__).with_name("descriptors")

_FILE = re.compile(r"# (\w+/\w+\.yaml)")


@cache
def written() -> str:
    """Return all descriptors as one text."""
    files = sorted(DESCRIPTORS.glob("*/*.yaml"))
    return "".join(f"# {_name(file)}\n{file.read_text(encoding='utf-8')}" for file in files)


def _name(file: Path) -> str:
    return file.relative_to(DESCRIPTORS).as_posix()


def places(part: str, text: str) -> list[int]:
    """Return the numbers of the lines at which `part` begins, however deep it is indented there."""
    lines, count = text.splitlines(), len(part.splitlines())
    ends = range(count, len(lines) + 1) if count else ()
    return [end - count for end in ends if dedent("\n".join(lines[end - count : end])) == part]


def replaced(old: str, new: str, text: str) -> str:
    """Put lines in the place of others, which have to stand there exactly once."""
    found = places(old, text)
    assert len(found) == 1, f"stands there {len(found)} times:\n{old}"
    lines = text.splitlines()
    depth = len(lines[found[0]]) - len(lines[found[0]].lstrip())
    put = indent(new, " " * depth).splitlines()
    return "\n".join([*lines[: found[0]], *put, *lines[found[0] + len(old.splitlines()) :], ""])


def both(rule: Rule) -> tuple[str, str]:
    """Return the spec before and after the edit that a rule shows."""
    text = written()
    if places(rule.before, text):
        return text, replaced(rule.before, rule.after, text)
    return replaced(rule.after, rule.before, text), text


def files(text: str) -> dict[str, str]:
    """Divide a text into the files that it is made of."""
    _, *parts = _FILE.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@cache
def load(text: str) -> ir.Spec:
    """Load what a text's files say."""
    with TemporaryDirectory() as folder:
        for name, content in files(text).items():
            file = Path(folder, "spec", name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        return load_spec(Path(folder, "spec"))
