"""The query arguments of queries: how a caller wants an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.call import is_number, yes_or_no
from caveclient_gen.offline.http.refusals import wrong_arguments

if TYPE_CHECKING:
    from caveclient_gen.offline.http.call import Call

__all__ = ["Form", "read_form"]

FLAGS = {
    "return_pyarrow": True,
    "arrow_format": False,
    "split_positions": False,
    "count": False,
    "allow_missing_lookups": False,
    "allow_invalid_root_ids": False,
    "merge_reference": False,
    "ipc_compress": True,
    "direct_sql_pandas": False,
}
"""Query arguments that are yes or no, and what they are if they are not given."""


@dataclass(frozen=True)
class Form:
    """How a caller wants an answer: the query arguments."""

    flags: dict[str, bool]
    sample: int | None

    def __getitem__(self, name: str) -> bool:
        return self.flags[name]


def read_form(call: Call) -> Form:
    """Read the query arguments; refuse wrong ones as servers do, all at once."""
    errors = {}
    flags = dict(FLAGS)
    for name in FLAGS:
        text = call.text(name)
        if text is not None:
            said = yes_or_no(text)
            if said is None:
                errors[name] = f"Invalid literal for boolean(): {text[:40]}"
            flags[name] = bool(said)
    text = call.text("random_sample")
    sample = int(text) if text is not None and is_number(text) else None
    if text is not None and not sample:
        errors["random_sample"] = f"It must be a whole number from 1, and {text[:40]!r} is none"
    if errors:
        raise wrong_arguments(errors)
    return Form(flags, sample)
