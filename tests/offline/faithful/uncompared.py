"""Recorded exchanges that are not compared, or not in all: which, and why."""

from comparing import ORDER

NOT_MIRRORED = {
    **dict.fromkeys(
        ("routes/059[0]", "routes/060[0]", "routes/061[0]", "routes/062[0]", "routes/063[0]"),
        "The servers' documents of themselves are no operation; what is served stands in `docs/openapi/`.",
    ),
    "routes/058[0]": "A route that always fails on servers, and that is no operation of the spec.",
    "routes/073[0]": "Offline CAVE has no meshes, and says so (501).",
}
"""Exchange to why offline CAVE cannot mirror it."""

CHANCE = {
    "the same in another order": (
        ORDER,
        "materialize/016[0] chunkedgraph/012[0] chunkedgraph/046[0] chunkedgraph/048[1] "
        "routes/037[0] routes/038[0] routes/072[0]",
    ),
    "which rows a limit leaves, no server promises": (
        r"(cells|content)\[\]\.\w+",
        "materialize/020[0] materialize/033[0] materialize/034[0] materialize/044[0] "
        "auth/030[2] routes/046[0] routes/049[0]",
    ),
    "numbers that servers count off for records of tables": (
        r"content\.id",
        "materialize/080[1] materialize/090[0] materialize/090[2] materialize/092[0] materialize/093[1]",
    ),
    "it says when it was asked": (r"content\.message", "routes/075[0]"),
    "it says when edits were made that are made anew here": (
        r"content\.(links|nodes|timestamp).*",
        "routes/068[0] routes/069[0]",
    ),
}
"""Values that may be otherwise from one server to the next, and say nothing of how they behave: why, where
they stand (a regular expression), and in which exchanges."""
