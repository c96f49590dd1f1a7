"""Whether a type fits where another is wanted."""

import griffe
import pytest

from codegen.surface.annotations import Words, fits, shown

CODE = """\
Form: TypeAlias = Literal['csv', 'arrow']
Big: TypeAlias = Form | None
Loop: TypeAlias = list[Loop]
"""
MODULE = griffe.visit("demo", filepath=None, code=CODE)
WORDS = Words(
    {"IdLike": "int | str", "IdsLike": "IdLike | Iterable[IdLike]", "IdArray": "npt.NDArray[np.int64]"}
)

FITS = [
    ("int", "int"),
    ("int", "int | None"),
    ("None", "Optional[int]"),
    ("int | None", "None | int"),
    ("bool", "int"),
    ("int", "float"),
    ("datetime", "date"),
    ("int", "Any"),
    (None, "Any"),
    ("Any", None),
    ("int", "IdLike"),
    ("IdLike", "IdsLike"),
    ("list[int]", "IdsLike"),
    ("list[int]", "Sequence[int | None]"),
    ("dict[str, int]", "Mapping[str, Any]"),
    ("dict[str, list[int]]", "dict[str, list[int | None]]"),
    ("Literal['csv']", "Form"),
    ("Form", "Literal['arrow', 'csv']"),
    ("Form", "str"),
    ("Form | None", "Big"),
    ("Literal[True]", "bool"),
    ("Literal[True]", "int"),
    ("Answer[int]", "Answer[int | None]"),
    ("Loop", "Loop"),
]

FITS_NOT = [
    ("int | None", "int"),
    ("int", "bool"),
    ("float", "int"),
    ("Any", "int"),
    (None, "int"),
    ("str", "Form"),
    ("Literal['csv', 'json']", "Form"),
    ("Big", "Form"),
    ("Literal[1]", "str"),
    ("Literal[1]", "Literal[True]"),
    ("list[str]", "list[int]"),
    ("list[int]", "list"),
    ("dict[int, str]", "dict[str, str]"),
    ("Sequence[int]", "list[int]"),
    ("str", "Iterable[str]"),
    ("IdArray", "npt.NDArray[np.float64]"),
    ("tuple[int, int]", "tuple[int]"),
    ("Row", "Status"),
]


def do_fit(given, wanted):
    return fits(WORDS.types(given, MODULE), WORDS.types(wanted, MODULE))


@pytest.mark.parametrize(("given", "wanted"), FITS)
def test_a_type_fits(given, wanted):
    assert do_fit(given, wanted)


@pytest.mark.parametrize(("given", "wanted"), FITS_NOT)
def test_a_type_does_not_fit(given, wanted):
    assert not do_fit(given, wanted)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        ("Form | None", "Literal['csv', 'arrow'] | None"),
        ("IdsLike", "IdsLike"),
        (None, "Any"),
    ],
)
def test_only_names_of_the_module_are_spelt_out_for_people(annotation, text):
    assert shown(annotation, MODULE) == text
