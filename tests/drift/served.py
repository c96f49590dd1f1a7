"""A deployment on this machine: real HTTP, with answers that a test chooses."""

import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from published import text_of

JSON = "application/json"


def answer(body, status=200, media_type=JSON, **headers):
    """Make an answer; what is no text is written as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    return status, {"Content-Type": media_type, **headers}, text.encode()


def packed(body):
    """Make an answer that is small on the wire."""
    return 200, {"Content-Type": JSON, "Content-Encoding": "gzip"}, gzip.compress(body)


PAGE = answer("<!doctype html><title>Log in</title> version 9.9.9", media_type="text/html")
GONE = answer("<h1>Not Found</h1>", 404, "text/html")


def whole():
    """Answer as the recorded deployment did, with all services under one address."""
    return {
        "/materialize/version": answer("5.26.4"),
        "/materialize/api/versions": answer([2, 3]),
        "/materialize/swagger.json": answer(text_of("materialize")),
        "/info/version": answer('"4.3.3"'),
        "/info/api/versions": answer([2]),
        "/info/api/swagger.json": answer(text_of("info")),
        "/annotation/api/versions": answer([2]),
        "/annotation/api/swagger.json": answer(text_of("annotation")),
        "/schema/views/version": answer("5.26.3"),
        "/schema/versions": answer([2]),
        "/schema/api/swagger.json": answer(text_of("schema")),
        "/skeletoncache/api/version": answer("0.23.11"),
        "/skeletoncache/api/swagger.json": answer(text_of("skeleton")),
        "/segmentation/api/version": answer("2.21.1"),
        "/segmentation/api/versions": answer([0, 1]),
        "/auth/version": answer("neuroglance_auth -- version 2.30.3", media_type="text/html"),
        "/nglstate/api/v1/version": answer("0.7.2"),
    }


class Deployment:
    """What it answers, and what it was asked."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []
        self.tokens = set()
        self.stop = threading.Event()
        self.address = ""

    def paths(self):
        return [path for path, _ in self.asked]


@contextmanager
def running(answers):
    """Serve answers by path; one that is callable is called with the handler and writes by itself."""
    deployment = Deployment(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            deployment.asked.append((self.path, dict(self.headers)))
            deployment.tokens.add(self.headers.get("Authorization"))
            found = deployment.answers.get(self.path.partition("?")[0], GONE)
            if callable(found):
                self.close_connection = True
                found(self, deployment)
                return
            status, headers, body = found
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    deployment.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield deployment
    finally:
        deployment.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def silent(handler, deployment):
    """Answer nothing, until the test is over."""
    deployment.stop.wait(10)


def dripping(handler, deployment):
    """Answer byte by byte, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.end_headers()
    try:
        while not deployment.stop.wait(0.05):
            handler.wfile.write(b" ")
    except OSError:
        pass


def broken(handler, deployment):
    """Promise more than comes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"[2")


def hung_up(handler, deployment):
    """Close without a word."""
    handler.connection.close()


def redirect(location, status=302):
    return answer("", status, Location=location)
