"""Turn the resolved spec into the text of every generated file, before it is formatted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codegen import ir, naming, views
from codegen.escape import FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Output:
    """A generated file: where it goes, its text, and the descriptors that decide it."""

    path: str
    text: str
    inputs: tuple[str, ...]
    service: str | None = None
    """Service that the file belongs to; None: all of them."""


def environment(folder: Path = TEMPLATES, filters: Mapping[str, Callable[..., str]] = FILTERS) -> Environment:
    """Make a template environment: a missing name is an error, and no filter but `filters` can be used."""
    # The output is no HTML: escaping for that would corrupt it. Every value passes one of our filters.
    made = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  Python or Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.clear()
    made.filters.update(filters)
    made.globals.clear()
    return made


def render(spec: ir.Spec) -> tuple[Output, ...]:
    """Render every module, in the order of their paths."""
    templates = environment()
    everything = tuple(
        sorted({path for service in spec.services for path in descriptors_of(service, *service.apis)})
    )

    def output(
        name: str, template: str, view: object, inputs: tuple[str, ...], service: str | None = None
    ) -> Output:
        text = templates.get_template(template).render(view=view)
        return Output(f"{naming.PACKAGE}/{name}.py", text, inputs, service)

    outputs = [
        output("__init__", "package.py.j2", views.package_module(), ()),
        output("services", "services.py.j2", views.services_module(spec), everything),
        output("endpoints", "endpoints.py.j2", views.endpoints_module(spec), everything),
    ]
    for service in spec.services:
        if service.types:
            name = naming.types_module(service)
            outputs.append(
                output(
                    name, "types.py.j2", views.types_module(service), descriptors_of(service), service.name
                )
            )
        for api in service.apis:
            inputs = inputs_of(service, api)
            made = views.operations_module(service, api)
            name = naming.operations_module(service, api)
            outputs.append(output(name, "operations.py.j2", made, inputs, service.name))
    return tuple(sorted(outputs, key=lambda made: made.path))


def inputs_of(service: ir.Service, api: ir.Api) -> tuple[str, ...]:
    """Name the descriptors that decide what an API version is, from the project's root."""
    return descriptors_of(service, *_lineage(service, api))


def descriptors_of(service: ir.Service, *apis: ir.Api) -> tuple[str, ...]:
    """Name the descriptors of a service and of some API versions, from the project's root."""
    folder = f"spec/{service.name}"
    return (f"{folder}/service.yaml", *sorted(f"{folder}/v{api.number}.yaml" for api in apis))


def _lineage(service: ir.Service, api: ir.Api) -> list[ir.Api]:
    """List an API version and those that it extends."""
    found = [api]
    while found[-1].extends is not None:
        found.append(service.api(found[-1].extends.removeprefix("v")))
    return found
