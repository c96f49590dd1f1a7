"""Small projects to generate in."""

import shutil
import subprocess
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


def make_repository(folder):
    """Make a folder a git repository with all that is in it as the first revision of `main`."""
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "The first")
    return folder


def git(folder, *arguments):
    """Run git there, whoever is set up on this machine."""
    settings = {"user.name": "Somebody", "user.email": "somebody@example.org", "commit.gpgsign": "false"}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    subprocess.run(["git", "-C", str(folder), *options, *arguments], check=True, capture_output=True)


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
