"""Words for people, and examples: shown on request."""

from __future__ import annotations

from codegen.diff.note import Note, Notes, shown

_SHORT = 60


def told_anew(*texts: tuple[str, str | None, str | None]) -> Notes:
    """Tell which texts read otherwise: (field, old, new) each. Line breaks and blanks do not count."""
    for field, old, new in texts:
        before, after = _words(old), _words(new)
        if before != after:
            yield Note("doc-changed", f"{field}: {_begin(before)} -> {_begin(after)}", old, new, at=field)


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


def _begin(text: str) -> str:
    told = shown(text) if text else "none"
    return told if len(told) <= _SHORT else f"{told[: _SHORT - 1]}…"
