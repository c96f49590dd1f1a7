"""Generated pages: each example runs and shows what it says, each signature is the method's own."""

import ast
import doctest
import inspect
import re
import warnings
from types import SimpleNamespace

import pytest
from example_runner import ROOT, Recorder, client_of, spec, vectors

from codegen.pages.operation_view import shown_examples
from codegen.pages.service_view import current_operations

SERVICES = [service.name for service in spec().services]
HEADING = re.compile(r"^### (\w+) \{ #(caveclient_gen\.[\w.]+) \}$", re.MULTILINE)


def page(service):
    return (ROOT / "docs" / "api" / f"{service}.md").read_text(encoding="utf-8")


def sections(service):
    """Cut a page into the sections of its methods, by name."""
    parts = HEADING.split(page(service).partition("\n## Requests of")[0].partition("\n## Shapes of")[0])
    return dict(zip(parts[1::3], parts[3::3], strict=True))


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def current(service):
    """List the operations that have a section, with the API version that it is about."""
    return [(api, operation) for api, operation in current_operations(service) if not operation.raw]


VECTORS = {(v.service.name, v.api.number, v.operation.name, id(v.example)): v for v in vectors()}
SHOWN = [
    (VECTORS[service.name, api.number, operation.name, id(example)], number)
    for service in spec().services
    for api, operation in current(service)
    for number, example in enumerate(shown_examples(api, operation))
]
SIGNED = [(service, api, operation) for service in spec().services for api, operation in current(service)]


def test_every_block_belongs_to_a_test():
    """What follows takes its blocks by number; none is left over."""
    examples = sum(len(blocks(page(name), "pycon")) for name in SERVICES)
    signatures = sum(len(blocks(page(name), "pyi")) for name in SERVICES)
    assert (examples, signatures) == (len(SHOWN), len(SIGNED))
    assert examples > 80
    assert signatures > 80


@pytest.mark.parametrize(("vector", "number"), SHOWN, ids=str)
def test_page_example(vector, number):
    text = blocks(sections(vector.service.name)[vector.operation.name], "pycon")[number]
    client = client_of(vector, Recorder(vector.example.response or {}))
    names = {"client": SimpleNamespace(**{vector.service.attribute: client})}
    test = doctest.DocTestParser().get_doctest(text, names, str(vector), None, None)
    assert len(test.examples) == 1
    written = []
    with warnings.catch_warnings():
        # Deprecated operations warn; that is looked at elsewhere.
        warnings.simplefilter("ignore")
        failed = doctest.DocTestRunner(verbose=False).run(test, out=written.append).failed
    assert not failed, "".join(written)


@pytest.mark.parametrize(
    ("service", "api", "operation"), SIGNED, ids=[f"{s.name}.{o.name}" for s, _, o in SIGNED]
)
def test_page_signature_is_that_of_the_method(service, api, operation):
    (text,) = blocks(sections(service.name)[operation.name], "pyi")
    (shown,) = ast.parse(text).body
    vector = next(v for v in VECTORS.values() if (v.api, v.operation) == (api, operation))
    member = inspect.getattr_static(type(client_of(vector, Recorder({}))), operation.name)
    assert isinstance(member, property) == bool(shown.decorator_list) == operation.is_property
    function = member.fget if isinstance(member, property) else member
    assert spelled(shown.args) == spelled(ast.parse(f"def f{inspect.signature(function)}: ...").body[0].args)


def spelled(arguments):
    """List names, kinds and defaults; annotations stand differently in a module with aliases."""
    names = [argument.arg for argument in arguments.args]
    keywords = [argument.arg for argument in arguments.kwonlyargs]
    defaults = [
        ast.unparse(default) if default else None for default in (*arguments.defaults, *arguments.kw_defaults)
    ]
    return names, keywords, defaults
