"""Arrow IPC streams as the query services send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import DecodeError

if TYPE_CHECKING:
    import pyarrow as pa

# Writers end a stream with this marker. Without it the reader would take a stream that was cut between two
# batches for a complete, shorter one.
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def read_stream(body: bytes) -> pa.Table:
    """
    Read an Arrow IPC stream, compressed inside or not.

    Parameters
    ----------
    body : bytes
        The whole stream. The table's columns point into it; nothing is copied that is not compressed.

    Returns
    -------
    pyarrow.Table
        All its record batches.

    Raises
    ------
    DecodeError
        If it is no Arrow stream, or one that was cut off.
    """
    import pyarrow as pa

    try:
        table = pa.ipc.open_stream(pa.py_buffer(body)).read_all()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        msg = f"Send the query again: the answer is no readable Arrow stream ({reason})."
        raise DecodeError(msg) from error
    if not body.endswith(_END_OF_STREAM):
        msg = f"Send the query again: the answer was cut off after {table.num_rows} rows."
        raise DecodeError(msg)
    return table
