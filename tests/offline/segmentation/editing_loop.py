"""A process that edits a dataset until it is killed: `editing_loop.py PATH SEED [STATEMENT]`.

It prints the number of each edit once that is done. With STATEMENT it makes one edit and kills itself when
SQLite is about to run that statement of it.
"""

import os
import random
import signal
import sys
from pathlib import Path

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.engine import Point, Segmentation
from caveclient_gen.offline.store import Store


def edit(segmentation, choose):
    """Make one random edit, whatever the segmentation allows."""
    state = segmentation._state()
    svs = state.nodes.ids[: len(state.ground.size)].tolist()
    one, other = (Point(sv, (0.0, 0.0, 0.0)) for sv in choose.sample(svs, 2))
    operation = choose.randint(1, max(1, state.newest))
    tries = [
        lambda: segmentation.merge(1, one, other),
        lambda: segmentation.split(2, [one], [other]),
        lambda: segmentation.undo(3, operation),
        lambda: segmentation.redo(4, operation),
    ]
    while True:
        try:
            return choose.choice(tries)()
        except Refusal:
            one, other = (Point(sv, (0.0, 0.0, 0.0)) for sv in choose.sample(svs, 2))


def die_at(store, statement):
    """Kill this process at a statement of the next change."""
    seen = []

    def trace(_sql):
        seen.append(_sql)
        if "BEGIN IMMEDIATE" in seen and len(seen) - seen.index("BEGIN IMMEDIATE") == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    store.read().set_trace_callback(trace)


def main(path, seed, *statement):
    store, choose = Store(Path(path)), random.Random(int(seed))
    segmentation = Segmentation(store)
    segmentation.roots([0])
    for number in map(int, statement):
        die_at(store, number)
    while True:
        print(edit(segmentation, choose).operation_id, flush=True)
        if statement:
            break


def every_statement(path):
    """Make an edit again and again, each time killed one statement later, until one lives."""
    statement = 0
    while True:
        statement += 1
        child = os.fork()
        if not child:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  as long as the process lives
            main(path, statement, statement)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(statement, "killed" if os.WIFSIGNALED(status) else "done", flush=True)
        if not os.WIFSIGNALED(status):
            break


if __name__ == "__main__":
    if sys.argv[2] == "every":
        every_statement(sys.argv[1])
    else:
        main(*sys.argv[1:])
