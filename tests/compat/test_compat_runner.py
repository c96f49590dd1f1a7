"""`python -m caveclient_gen.compat` shows a program what Python itself would show it.

Each row is run both ways, and the two have to agree: once by Python, with a stand-in for caveclient, and once
by the runner.
"""

import os
import subprocess
import sys
import zipfile

import pytest

RUNNER = ["-m", "caveclient_gen.compat"]

SHOW = """
import os, sys, caveclient
main = sys.modules["__main__"]
print(sys.path.count(os.getcwd()))
print(sys.argv, sys.path[0], __name__, vars(main) is globals(), globals().get("__file__"), __spec__ is None)
"""
FAIL = SHOW + "def fail():\n    raise RuntimeError('no')\n\nfail()\n"


@pytest.fixture
def place(tmp_path):
    """Make a folder with programs, and one with a stand-in for caveclient."""
    folder = tmp_path / "programs"
    (folder / "package").mkdir(parents=True)
    (folder / "folder").mkdir()
    (folder / "show.py").write_text(SHOW)
    (folder / "fail.py").write_text(FAIL)
    (folder / "wrong.py").write_text("def :\n")
    (folder / "leave.py").write_text("import sys\nsys.exit(int(sys.argv[1]))\n")
    (folder / "say.py").write_text("import sys\nsys.exit('goodbye')\n")
    (folder / "late.py").write_text(
        "import atexit, pickle\nclass Own: pass\n"
        "atexit.register(lambda: print(type(pickle.loads(pickle.dumps(Own()))) is Own))\n"
    )
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "__main__.py").write_text(SHOW)
    (folder / "folder" / "__main__.py").write_text(SHOW)
    (folder / "linked.py").symlink_to(folder / "folder" / "__main__.py")
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        archive.writestr("__main__.py", SHOW)
    stand_in = tmp_path / "stand_in"
    stand_in.mkdir()
    (stand_in / "caveclient.py").write_text("")
    return tmp_path


def python(place, *arguments, extra="", text=None):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in (extra, *sys.path[1:]) if p)}
    environment.pop("PYTHONSAFEPATH", None)
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=place / "programs",
        env=environment,
        input=text,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["show.py"],
        ["show.py", "a", "-m", "--help"],
        ["folder/../show.py", "x"],
        ["linked.py"],
        ["fail.py"],
        ["wrong.py"],
        ["leave.py", "7"],
        ["leave.py", "0"],
        ["say.py"],
        ["late.py"],
        ["-m", "show", "b"],
        ["-mshow"],
        ["-m", "package", "-x"],
        ["-m", "fail"],
        ["-c", SHOW, "c"],
        ["-c", "1 +"],
        ["-c", "import sys; sys.exit(3)"],
        ["-c", "raise KeyError('x')"],
        ["folder", "d"],
        ["archive.zip"],
    ],
    ids=" ".join,
)
def test_as_python_itself(arguments, place):
    expected = python(place, *arguments, extra=str(place / "stand_in"))
    found = python(place, *RUNNER, *arguments)
    assert found.returncode == expected.returncode, found.stderr
    assert found.stdout == expected.stdout
    own_frames = [line for line in found.stderr.splitlines() if "compat" in line]
    assert own_frames == []
    if arguments[0].endswith(".py"):
        assert found.stderr == expected.stderr
    else:
        # Python's own frames for modules, and the lines that it shows of code, differ by release.
        assert found.stderr.splitlines()[-1:] == expected.stderr.splitlines()[-1:]


def test_standard_input(place):
    found = python(
        place, *RUNNER, "-", "e", text="import sys, caveclient\nprint(sys.argv, repr(sys.path[0]))"
    )
    assert found.stdout == "['-', 'e'] ''\n"


def test_the_program_runs_on_this_package(place):
    code = "import caveclient; print(caveclient.CAVEclient.__module__)"
    assert python(place, *RUNNER, "-c", code).stdout == "caveclient_gen.frameworkclient\n"


@pytest.mark.parametrize(
    ("arguments", "code", "first_line"),
    [
        ([], 2, "Name a script, or pass -m MODULE or -c CODE."),
        (["-m"], 2, "Say what to run after -m."),
        (["-c"], 2, "Say what to run after -c."),
        (["--verbose", "x.py"], 2, "Leave out '--verbose': there is no such option."),
        (["nowhere.py"], 2, "Check the path: there is no file 'nowhere.py'"),
        (["-m", "nowhere"], 1, "Check the name: there is no module 'nowhere'."),
        (["-m", "nowhere.inside"], 1, "Check the name: there is no module 'nowhere.inside'."),
    ],
    ids=repr,
)
def test_mistakes(arguments, code, first_line, place):
    found = python(place, *RUNNER, *arguments)
    assert found.returncode == code
    assert found.stdout == ""
    assert found.stderr.startswith(first_line)
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(("option", "says"), [("--help", "usage: python -m"), ("--version", "caveclient 8.")])
def test_questions(option, says, place):
    found = python(place, *RUNNER, option)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith(says)
