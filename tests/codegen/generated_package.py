"""Generated modules as packages of their own, and a transport to call them over."""

import importlib.util
import sys
from contextlib import contextmanager

from caveclient_gen._runtime.request import Headers, Response
from codegen.naming import PACKAGE


class Double:
    """A transport that answers everything alike, and keeps what it was asked."""

    def __init__(self, body=b"", status=200, kind="application/json"):
        self.sent = []
        self.reply = (status, Headers((("Content-Type", kind),)), body)

    def send(self, request):
        self.sent.append(request)
        return Response(*self.reply, request.full_url, request)


@contextmanager
def imported(project, name):
    """Import what was generated in a project under a name; what it yields imports its modules."""
    folder = project / PACKAGE
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    try:
        yield lambda module: importlib.import_module(f"{name}.{module}")
    finally:
        for loaded in [loaded for loaded in sys.modules if f"{loaded}.".startswith(f"{name}.")]:
            del sys.modules[loaded]
