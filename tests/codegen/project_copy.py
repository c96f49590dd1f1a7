"""Small projects to generate in."""

import shutil
from pathlib import Path

from codegen.cli import main
from codegen.naming import PACKAGE

HERE = Path(__file__).parent
TINY = HERE / "tiny_spec"


def make_project(folder, spec=TINY):
    """Copy descriptors into an empty project and generate it; return its folder."""
    shutil.copytree(spec, folder / "spec")
    assert run(folder, "generate") == 0
    return folder


def run(folder, *arguments):
    """Run one command there and return its exit status."""
    return main(["--root", str(folder), *arguments])


def written(folder):
    """Read every generated file, by name."""
    return {path.name: path.read_text() for path in sorted((folder / PACKAGE).iterdir()) if path.is_file()}


def replace(path, old, new):
    """Replace a text that stands exactly once in a file."""
    text = path.read_text()
    assert text.count(old) == 1, (path.name, old, text.count(old))
    path.write_text(text.replace(old, new))
