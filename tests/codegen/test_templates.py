"""Templates: every value passes exactly one of our filters, and nothing is decided there."""

import re

import pytest
from jinja2 import TemplateSyntaxError, UndefinedError, nodes

from codegen.escape import FILTERS
from codegen.naming import TAKEN
from codegen.render import TEMPLATES, environment

FILES = sorted(path.name for path in TEMPLATES.glob("*.j2"))
ALLOWED = (nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Template)


def parsed(source):
    return environment().parse(source)


def unfiltered(source):
    """List the outputs that do not pass exactly one of our filters."""
    found = []
    for output in parsed(source).find_all(nodes.Output):
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                continue
            is_filtered = isinstance(node, nodes.Filter) and node.name in FILTERS
            if (
                not is_filtered
                or list(node.node.find_all(nodes.Filter))
                or isinstance(node.node, nodes.Filter)
            ):
                found.append((node.lineno, type(node).__name__))
    return found


def test_there_are_templates():
    assert {"operations.py.j2", "types.py.j2", "services.py.j2", "endpoints.py.j2", "package.py.j2"} == set(
        FILES
    )


@pytest.mark.parametrize("name", FILES)
def test_every_output_passes_one_filter(name):
    assert unfiltered((TEMPLATES / name).read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ x }}",
        "{{ x | literal | comment }}",
        "{{ x ~ y }}",
        "{{ f(x) }}",
        "{% if a %}{{ x }}{% endif %}",
        "{% for x in y %}a{{ x.name }}{% endfor %}",
    ],
)
def test_the_walk_finds_what_is_unfiltered(source):
    assert unfiltered(source)


@pytest.mark.parametrize("name", ["upper", "safe", "e", "indent", "tojson"])
def test_other_filters_do_not_exist(name):
    with pytest.raises(TemplateSyntaxError):
        environment().from_string(f"{{{{ x | {name} }}}}")


@pytest.mark.parametrize("name", FILES)
def test_templates_only_loop_and_choose(name):
    """Calls, sets, macros and includes are logic: they belong in the views."""
    statements = {
        type(node) for node in parsed((TEMPLATES / name).read_text()).find_all((nodes.Stmt, nodes.Call))
    }
    assert statements <= set(ALLOWED)


@pytest.mark.parametrize("name", FILES)
def test_every_name_that_a_template_imports_is_kept_from_types_and_operations(name):
    text = "".join(node.data for node in parsed((TEMPLATES / name).read_text()).find_all(nodes.TemplateData))
    imports = re.findall(
        r"^ *from [\w.]+ import (?:\(([^)]*)\)|([^\n(]+)$)|^ *import \w+ as (\w+)$", text, re.M
    )
    names = {word for found in imports for word in re.findall(r"\w+", " ".join(found))}
    assert names - {"annotations"} <= TAKEN
    assert len(names) > 10 or name != "operations.py.j2"


def test_a_missing_name_is_an_error():
    with pytest.raises(UndefinedError):
        environment().from_string("{{ view.nothing | comment }}").render(view=object())
