"""The commands of offline CAVE: `caveclient-gen serve` and `caveclient-gen dataset ...`.

Loading this module loads nothing heavy: each command loads what it needs when it runs.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import re
import signal
import sys
from typing import TYPE_CHECKING, Any

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.extra import require_extra
from caveclient_gen.offline.token_output import check_output, write_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from caveclient_gen.offline.serving import Server

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    Run = Callable[[argparse.Namespace], bool]

__all__ = ["add_commands"]

POLL = 0.5
"""Seconds between looks at whether the server still runs."""


def add_commands(commands: Commands) -> None:
    """Add the commands of offline CAVE to the program's."""
    _add_serve(commands)
    dataset = commands.add_parser(
        "dataset",
        help="make, describe, fill and freeze datasets of offline CAVE",
        description="Make, describe, fill and freeze datasets of offline CAVE.",
        allow_abbrev=False,
    )
    kinds = dataset.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_new(kinds)
    _add_describe(kinds)
    _add_import(kinds)
    _add_materialize(kinds)
    _add_copy(kinds)
    _add_person(kinds)


def _command(commands: Commands, name: str, text: str, run: Run) -> argparse.ArgumentParser:
    sentence = f"{text[0].upper()}{text[1:]}."
    command = commands.add_parser(name, help=text, description=sentence, allow_abbrev=False)
    command.set_defaults(run=_checked(run))
    return command


def _checked(run: Run) -> Run:
    """Return a command that says how to install what is missing, and refuses as all commands do."""

    @functools.wraps(run)
    def checked(options: argparse.Namespace) -> bool:
        require_extra()
        from caveclient_gen.offline.http.disk_faults import disk_faults
        from caveclient_gen.offline.http.refusals import Refusal

        try:
            with disk_faults():
                return run(options)
        except Refusal as refusal:
            raise CAVEError(refusal.message) from refusal

    return checked


def _say(text: str = "") -> None:
    print(text, flush=True)  # noqa: T201  a command line


# ---- serve


def _add_serve(commands: Commands) -> None:
    command = _command(commands, "serve", "serve a dataset: CAVE on this machine, until Ctrl-C", _serve)
    command.add_argument(
        "dataset", metavar="DATASET", nargs="?", help="the folder; without it a copy of the starter dataset"
    )
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    command.add_argument("--port", type=_port, default=0, help="the port (a free one)")
    command.add_argument(
        "--person", default="admin", help="whose token to hand out: admin, editor, viewer, ... (%(default)s)"
    )
    command.add_argument(
        "--token-file",
        metavar="FILE",
        help="write the token to this file, for its owner alone; do not show it",
    )
    command.add_argument("--public-address", metavar="URL", help="under which address clients reach it")
    command.add_argument(
        "--allow-others", action="store_true", help="let other machines in, where --host does"
    )


def _serve(options: argparse.Namespace) -> bool:
    from caveclient_gen.offline.serving import serve

    _check_openness(options)
    check_output(options.token_file)
    with (
        _ended_cleanly(),
        serve(
            options.dataset, host=options.host, port=options.port, public_address=options.public_address
        ) as server,
    ):
        _hand_out(server, options)
        _wait(server)
    return True


@contextlib.contextmanager
def _ended_cleanly() -> Iterator[None]:
    """Let a closed terminal and the end of a process do what Ctrl-C does: what is temporary is removed."""
    before = {}
    for name in ("SIGTERM", "SIGHUP"):  # the second one is not on all systems
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            before[number] = signal.signal(number, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        _say("Ended.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _check_openness(options: argparse.Namespace) -> None:
    """Refuse to let other machines in, unless that is said."""
    from caveclient_gen.offline.http.browsers import is_loopback

    if is_loopback(options.host):
        return
    if not options.allow_others:
        raise CAVEError(
            f"Say --allow-others if you mean it: on {options.host} everybody in the network can ask this "
            "server, and tokens travel unencrypted."
        )
    if options.public_address is None and options.host in ("0.0.0.0", "::"):  # noqa: S104  only compared
        raise CAVEError("Say under which address others reach it: --public-address http://NAME:PORT.")
    print(  # noqa: T201  a command line
        f"Everybody in the network can ask this server on {options.host}, and tokens travel unencrypted.",
        file=sys.stderr,
    )


def _hand_out(server: Server, options: argparse.Namespace) -> None:
    """Say how to make a client. The token goes to the terminal or to a file, nowhere else."""
    token = server.token(options.person)
    if options.token_file is not None:
        how = f"auth_token_file={write_token(options.token_file, token)!r}"
    else:
        how = f'auth_token="{token}"'
    what = "a copy of the starter dataset" if options.dataset is None else str(options.dataset)
    datastack = server.dataset.facts.datastack
    _say(f"Offline CAVE serves {datastack} ({what}) at {server.address}")
    _say("In Python:")
    _say("    from caveclient_gen import CAVEclient")
    _say(f'    client = CAVEclient("{datastack}", server_address="{server.address}", {how})')
    _say("End it with Ctrl-C." + (" Changes vanish then." if options.dataset is None else ""))


def _wait(server: Server) -> None:
    import time

    while server.is_running:
        time.sleep(POLL)
    raise CAVEError("Look at the log: offline CAVE ended by itself.")


# ---- dataset


def _add_new(commands: Commands) -> None:
    command = _command(commands, "new", "generate a dataset: a little cortex with a history", _new)
    command.add_argument("path", metavar="PATH", help="the folder: a new one, or an empty one")
    command.add_argument("--neurons", type=int, metavar="N", help="how many neurons, 10 to 3000 (300)")
    command.add_argument("--synapses", type=int, metavar="N", help="how many synapses (50000)")
    command.add_argument(
        "--seed", type=int, default=1, metavar="N", help="another one makes another dataset (%(default)s)"
    )
    command.add_argument("--small", action="store_true", help="20 neurons and 500 synapses, in a moment")
    command.add_argument(
        "--base", type=_moment, metavar="DATE", help="when its history of a year begins, UTC (2024-01-01)"
    )


def _new(options: argparse.Namespace) -> bool:
    from caveclient_gen.offline.generator.building import SMALL, USUAL, new_dataset

    neurons, synapses = SMALL if options.small else USUAL
    dataset = new_dataset(
        options.path,
        neurons=neurons if options.neurons is None else options.neurons,
        synapses=synapses if options.synapses is None else options.synapses,
        seed=options.seed,
        base=options.base,
    )
    path = f'"{dataset.path}"' if " " in str(dataset.path) else dataset.path
    _say(f"Made {dataset.path}. Look into it with `caveclient-gen dataset describe {path}`,")
    _say(f"serve it with `caveclient-gen serve {path}`.")
    return True


def _add_describe(commands: Commands) -> None:
    command = _command(commands, "describe", "say what is in a dataset", _describe)
    command.add_argument("path", metavar="PATH", help="the folder")
    command.add_argument("--json", action="store_true", help="as JSON")


def _describe(options: argparse.Namespace) -> bool:
    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.describe import as_text, describe

    found = describe(Dataset(options.path))
    _say(json.dumps(found, indent=2) if options.json else as_text(found).rstrip())
    return True


def _add_import(commands: Commands) -> None:
    command = _command(
        commands, "import", "import a published table: CSV, CSV.gz, Parquet or Feather", _import
    )
    command.add_argument("path", metavar="PATH", help="the dataset's folder; it is made if it does not exist")
    command.add_argument("file", metavar="FILE", help="the published file")
    command.add_argument("--table", required=True, metavar="NAME", help="what to call the table")
    command.add_argument(
        "--resolution",
        type=float,
        nargs=3,
        metavar=("X", "Y", "Z"),
        help="size of a voxel of its positions, in nm",
    )
    command.add_argument(
        "--units", choices=("voxels", "nm"), help="what positions in the file are counted in (voxels)"
    )
    command.add_argument(
        "--schema",
        metavar="TYPE",
        help='the kind of annotation: "synapse", "nucleus_detection", "cell_type_reference"...',
    )
    command.add_argument(
        "--schema-file",
        metavar="FILE",
        help='what columns are, as JSON: {"columns": {"root": {"name": "pt_root_id", "kind": "id"}}}',
    )
    command.add_argument("--header", metavar="FILE", help="the file with the names of columns")
    command.add_argument("--reference-table", metavar="NAME", help="which table its target_id is about")
    command.add_argument(
        "--version", type=int, metavar="N", help="the version it belongs to (the newest, or 1)"
    )
    command.add_argument(
        "--at", type=_moment, metavar="DATE", help="what a new version is a picture of, UTC (now)"
    )
    command.add_argument("--datastack", metavar="NAME", help="what to call the datastack of a new dataset")
    command.add_argument("--description", metavar="TEXT", help="what the table is, for people")


def _import(options: argparse.Namespace) -> bool:
    from caveclient_gen.offline.importing import import_table

    done = import_table(
        options.path,
        options.table,
        options.file,
        resolution=options.resolution,
        units=options.units,
        schema_type=options.schema,
        schema_file=options.schema_file,
        header=options.header,
        reference_table=options.reference_table,
        version=options.version,
        at=options.at,
        datastack=options.datastack,
        description=options.description,
    )
    _say(f"Imported {done.rows:,} rows into {done.table}, version {done.version}: {', '.join(done.columns)}")
    if done.numbered:
        _say("The file has no column id: rows are numbered from 1.")
    if done.schema_type is None:
        _say("No --schema: query_table has it, client.materialize.tables and synapse_query do not.")
    if done.left_out:
        _say(f"Left out: {', '.join(map(_left_out, done.left_out))}")
    return True


def _left_out(name: str) -> str:
    return repr(name) if name else "the column without a name, which numbers rows"


def _add_materialize(commands: Commands) -> None:
    command = _command(commands, "materialize", "freeze a dataset as it is into a new version", _materialize)
    command.add_argument("path", metavar="PATH", help="the folder")
    command.add_argument("--number", type=int, metavar="N", help="the version's number (the next one)")
    command.add_argument("--at", type=_moment, metavar="DATE", help="as of this moment, UTC (now)")
    command.add_argument(
        "--expires",
        type=_moment,
        metavar="DATE",
        help="from when on it is not offered, UTC (in a hundred years)",
    )


def _materialize(options: argparse.Namespace) -> bool:
    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.moments import iso

    with Dataset(options.path).open() as cave:
        made = cave.versions.materialize(at=options.at, expires=options.expires, number=options.number)
    _say(f"Version {made.number} is a picture of {iso(made.moment)} (UTC) with {len(made.tables)} tables.")
    return True


def _add_copy(commands: Commands) -> None:
    command = _command(commands, "copy", "copy a dataset: what is changed in one stays there", _copy)
    command.add_argument("path", metavar="PATH", help="the folder")
    command.add_argument("target", metavar="TARGET", help="the copy's folder: a new one, or an empty one")


def _copy(options: argparse.Namespace) -> bool:
    from caveclient_gen.offline.dataset import Dataset

    _say(f"Copied {options.path} to {Dataset(options.path).copy(options.target).path}.")
    return True


def _add_person(commands: Commands) -> None:
    text = "give somebody a token, who may view and edit from then on"
    command = _command(commands, "person", text, _person)
    command.add_argument("path", metavar="PATH", help="the dataset's folder")
    command.add_argument("person", metavar="PERSON", type=_key, help="a short name, as for `serve --person`")
    command.add_argument("--name", help="the name that others see, of a new person (PERSON)")
    command.add_argument("--token-file", metavar="FILE", help="write the token to this file; do not show it")


def _person(options: argparse.Namespace) -> bool:
    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.identity.proofreaders import add_editors

    check_output(options.token_file)
    with Dataset(options.path).open() as cave:
        known = options.person in cave.identity.keys().values()
        if known and options.name is not None:
            raise CAVEError(f"Leave out --name: the dataset knows {options.person} already.")
        with cave.store.write():
            if not known:
                name = options.name or options.person
                add_editors(cave.store, {options.person: name}, at=cave.store.clock.now())
            token = cave.identity.issue(options.person, description="command line")
            where = write_token(options.token_file, token) if options.token_file is not None else token
    _say(f"{'Another' if known else 'The first'} token of {options.person}: {where}")
    return True


# ---- words that are read


def _key(text: str) -> str:
    """Read what a person is called in commands."""
    if not re.fullmatch(r"[a-z][a-z0-9_.-]{0,39}", text):
        raise argparse.ArgumentTypeError(f"write a person in small letters, digits, _, . and -, not {text!r}")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"a port is a number up to 65535, and {text!r} is not")
    return int(text)


def _moment(text: str) -> datetime:
    """Read a moment; without a zone it is UTC."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"write a moment as 2024-01-31 or 2024-01-31T12:00, not {text!r}"
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
