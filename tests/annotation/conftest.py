"""A running annotation server, and a client of it."""

import threading
from http.server import ThreadingHTTPServer

import pytest
from annotation_bench import TOKEN, AnnotationServer, handler_for

from caveclient_gen.annotationengine import AnnotationClientV2
from caveclient_gen.emannotationschemas import SchemaClient


@pytest.fixture
def server():
    server = AnnotationServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    http.shutdown()
    http.server_close()
    thread.join(5)


@pytest.fixture
def client(server):
    made = AnnotationClientV2(
        server.url,
        {"Authorization": f"Bearer {TOKEN}"},
        2,
        None,
        None,
        "vol",
        max_retries=0,
        schema_client=SchemaClient(server.url),
    )
    yield made
    made._transport.close()
    made.schema_client._transport.close()
