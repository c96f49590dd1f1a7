"""The dataset behind a server is exchanged and closed while requests are about it."""

import os
import socket
import threading

import pytest
import tubes
from waiting import wait_until

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import serve
from caveclient_gen.offline.http.in_use import InUse


class Pretended:
    """A dataset that knows whether it was closed."""

    def __init__(self):
        self.is_closed = threading.Event()

    def close(self):
        self.is_closed.set()


def test_a_dataset_is_closed_when_the_last_request_left_it():
    first, second = Pretended(), Pretended()
    in_use = InUse(first)
    with in_use.request() as asked:
        assert asked is first
        assert in_use.exchange(second) is first
        closing = threading.Thread(target=in_use.close, args=(first, 60.0))
        closing.start()
        with in_use.request() as later:  # the next request is about the other, and nobody waits for it
            assert later is second
        assert not first.is_closed.is_set()
    closing.join(10)
    assert first.is_closed.is_set()
    assert not second.is_closed.is_set()


def test_a_request_that_does_not_end_is_left_behind():
    first = Pretended()
    in_use = InUse(first)
    with in_use.request():
        in_use.exchange(Pretended())
        in_use.close(first, 0.01)
        assert first.is_closed.is_set()


def test_requests_while_the_dataset_is_exchanged(tmp_path):
    """Every request is answered from one dataset or the other."""
    first = tubes.tubes(tmp_path / "first.cave")
    copies = [first.copy(tmp_path / f"{number}.cave") for number in range(6)]
    supervoxels = tubes.supervoxels().ids
    with serve(first) as server:
        token = server.cave.identity.issue("admin")
        for copy in copies:
            with copy.open() as cave:  # the same token for all: what fails is not about tokens
                known = server.cave.store.read().execute("SELECT * FROM token").fetchall()
                with cave.store.write() as db:
                    db.executemany(f"INSERT INTO token VALUES ({', '.join('?' * len(known[0]))})", known)
        failed, answered, is_over = [], [], threading.Event()

        def ask():
            client = server.client(token=token)
            while not is_over.is_set():
                try:
                    answered.append(int((client.chunkedgraph.get_roots(supervoxels) > 0).sum()))
                except CAVEError as error:
                    failed.append(error)

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        try:
            for copy in copies:
                enough = len(answered) + 6
                server.use(copy)
                wait_until(lambda enough=enough: failed or len(answered) >= enough)
        finally:
            is_over.set()
            for thread in threads:
                thread.join()
    assert failed == []
    assert set(answered) == {len(supervoxels)}


def test_what_is_being_answered_when_the_server_ends_is_answered(tmp_path):
    server = serve(tubes.tubes(tmp_path / "tubes.cave"))
    client = server.client()
    roots = []
    server.app.faults.delay(0.3, on="get_roots")
    asking = threading.Thread(
        target=lambda: roots.extend(client.chunkedgraph.get_roots(tubes.supervoxels().ids))
    )
    asking.start()
    wait_until(lambda: not server.app.faults.waiting)  # the request is there
    server.stop()
    asking.join(10)
    assert len(roots) == 64


def test_a_port_can_be_had_again_at_once(tmp_path):
    dataset = tubes.tubes(tmp_path / "tubes.cave")
    with serve(dataset) as server:
        port = int(server.address.rpartition(":")[2])
        server.client().chunkedgraph.get_roots(tubes.supervoxels().ids)
    with serve(dataset, port=port) as server:
        assert server.address.endswith(f":{port}")


def test_a_port_that_is_taken(tmp_path):
    dataset = tubes.tubes(tmp_path / "tubes.cave")
    with serve(dataset) as server, pytest.raises(CAVEError, match="Choose another port"):
        serve(dataset, port=int(server.address.rpartition(":")[2]))


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_over_ipv6(tmp_path):
    with serve(tubes.tubes(tmp_path / "tubes.cave"), host="::1") as server:
        assert server.address.startswith("http://[::1]:")
        assert (server.client().chunkedgraph.get_roots(tubes.supervoxels().ids) > 0).all()


def test_a_machine_without_ipv6_says_so(tmp_path, monkeypatch):
    def none(*_, **__):
        raise OSError(97, "Address family not supported by protocol")

    dataset = tubes.tubes(tmp_path / "tubes.cave")
    monkeypatch.setattr("caveclient_gen.offline.serving.socket.socket", none)
    with pytest.raises(
        CAVEError, match=r"Choose another address to listen on: ::1:0 cannot be used \(.*not supported"
    ):
        serve(dataset, host="::1")


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="this system does not show open files there")
def test_servers_leave_nothing_open(tmp_path):
    dataset = tubes.tubes(tmp_path / "tubes.cave")

    def own():
        """The threads, and the files of the dataset that are open."""
        names = []
        for number in os.listdir("/proc/self/fd"):
            try:
                names.append(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:  # the one that lists them
                continue
        return [name for name in names if str(tmp_path) in name], threading.active_count()

    before = own()
    for _ in range(5):
        with serve(dataset) as server:
            assert len(server.client().chunkedgraph.get_roots(tubes.supervoxels().ids)) == 64
    files, threads = own()
    assert files == before[0] == []
    assert threads <= before[1]
