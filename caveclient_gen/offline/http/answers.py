"""What a service answers: bytes, a media type, a status, headers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Reply", "header_text"]


@dataclass(frozen=True)
class Reply:
    """An answer.

    Parameters
    ----------
    body : bytes
        As it goes on the wire, before compression.
    media_type : str
        The whole Content-Type header.
    status : int
        The status line.
    headers : tuple of (str, str)
        More headers; a name may stand several times.
    compress : bool
        Whether it is gzipped for those who accept it, with `Vary`. Which services do: `tests/recordings`.
    """

    body: bytes
    media_type: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    compress: bool = False

    @classmethod
    def text(cls, text: str, *, status: int = 200) -> Reply:
        """Answer text, under the media type that Flask gives it."""
        return cls(text.encode(), "text/html; charset=utf-8", status)


def header_text(text: str) -> str:
    """Return text as it can stand in a header: in one line, and as UTF-8."""
    flat = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.splitlines()))
    return flat.strip().encode("utf-8", "replace").decode("latin-1")
