"""Arrow IPC streams as the query services send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen._runtime.pool import is_one_of_several

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

    # Of several at work, each reads by itself: more threads would win no time, and what Arrow's own
    # threads have allocated is not given back.
    is_alone = not is_one_of_several()
    options = pa.ipc.IpcReadOptions(use_threads=is_alone)
    # One large answer is in few large blocks. The system takes back each as soon as its column is gone, where
    # Arrow's own allocator keeps it; for many small blocks of many threads it is the other way round.
    pool = pa.system_memory_pool() if is_alone else None
    try:
        table = pa.ipc.open_stream(pa.py_buffer(body), options=options, memory_pool=pool).read_all()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        msg = f"Send the query again: the answer is no readable Arrow stream ({reason})."
        raise DecodeError(msg) from error
    if not body.endswith(_END_OF_STREAM):
        msg = f"Send the query again: the answer was cut off after {table.num_rows} rows."
        raise DecodeError(msg)
    return table


def give_back() -> None:
    """Give memory of tables that are gone back to the system, where Arrow's allocator would keep it.

    Frames are in memory of another allocator, which cannot use what this one keeps. It takes about a
    millisecond, and what is allocated next a little longer: worth it once a large table is gone.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
