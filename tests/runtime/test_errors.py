import copy
import inspect
import pickle

import pytest
import requests

import caveclient_gen.errors as public
from caveclient_gen._runtime import errors

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, errors.CAVEError)
}

# One error of each class that carries data: keyword arguments, which are attributes afterwards.
DATA = [
    (
        errors.NotFoundError,
        {
            "status": 500,
            "intended_status": 404,
            "url": "https://cave.org/x",
            "method": "GET",
            "operation": "materialize.get_tables",
            "server_message": "no such version",
            "request_id": "abc",
            "retry_after": 1.5,
            "data": {"message": "404 Not Found: no such version", "traceback": ["..."]},
        },
    ),
    (errors.TermsNotAcceptedError, {"status": 403, "tos_url": "https://a/", "tos_name": "T", "tos_id": 3}),
    (errors.UnknownDatastackError, {"status": 400, "name": "nope", "namespace": "datastack"}),
    (errors.RequestTimeoutError, {"phase": "connect", "seconds": 10.0, "url": "u", "operation": "o"}),
    (errors.ServiceConnectionError, {"reason": "refused", "url": "u", "operation": "o"}),
    (errors.TruncatedResultError, {"got": 5, "limit": 5, "partial": [1, 2]}),
    (errors.DecodeError, {"url": "u", "operation": "o"}),
    (errors.NotReadyError, {}),
    (errors.RedirectError, {"url": "u", "location": "l", "operation": "o"}),
    (errors.UnknownOutcomeError, {"check": "look", "operation": "o"}),
    (errors.PartialUploadError, {"uploaded": {0: 7}, "unknown": [], "pending": [1]}),
    (errors.UnknownUploadError, {"uploaded": {0: 7}, "unknown": [1], "pending": [2], "check": "look"}),
]


@pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
def test_every_error_is_under_one_root_and_survives_pickling(cls):
    error = cls("Do this.\nBecause of that.")
    error.add_note("seen in a pool")
    twin = pickle.loads(pickle.dumps(error))
    assert type(twin) is cls
    assert str(twin) == str(error) == "Do this.\nBecause of that."
    assert vars(twin) == vars(error)
    assert twin.__notes__ == ["seen in a pool"]
    assert str(copy.copy(error)) == str(error)


@pytest.mark.parametrize(("cls", "facts"), DATA)
def test_data_are_attributes_and_survive_pickling(cls, facts):
    error = cls("Do this.", **facts)
    for which in (error, pickle.loads(pickle.dumps(error))):
        assert {name: getattr(which, name) for name in facts} == facts


def test_a_cause_survives_pickling():
    error = errors.UnknownOutcomeError("Look.", cause=errors.RequestTimeoutError("Slow.", seconds=3))
    cause = pickle.loads(pickle.dumps(error)).cause
    assert (type(cause), cause.seconds) == (errors.RequestTimeoutError, 3)


@pytest.mark.parametrize(
    ("cls", "bases"),
    [
        (errors.InvalidArgumentError, (ValueError,)),
        (errors.InvalidIdError, (errors.InvalidArgumentError, ValueError)),
        (errors.HTTPStatusError, (requests.HTTPError, requests.RequestException)),
        (errors.AuthError, (errors.HTTPStatusError, errors.AuthException)),
        (errors.TermsNotAcceptedError, (errors.PermissionDeniedError,)),
        (errors.UnknownDatastackError, (errors.NotFoundError,)),
        (errors.ServiceUnavailableError, (errors.ServerError,)),
        (errors.UnsupportedFeatureError, (errors.ServerIncompatibilityError,)),
        (errors.RequestTimeoutError, (requests.Timeout,)),
        (errors.ServiceConnectionError, (requests.ConnectionError,)),
    ],
)
def test_bases_that_scripts_catch(cls, bases):
    assert all(issubclass(cls, base) for base in bases)


def test_a_lost_write_is_no_requests_error():
    # Scripts that repeat whatever `requests` raises would send the write again.
    assert not issubclass(errors.UnknownOutcomeError, requests.RequestException)


def test_intended_status_is_the_status_unless_told():
    assert errors.BadRequestError("m", status=400).intended_status == 400
    assert errors.BadRequestError("m", status=500, intended_status=400).intended_status == 400


def test_the_public_module_has_them_all():
    assert public.__all__ == sorted([*CLASSES, "PartFailure"])
    assert all(getattr(public, name) is cls for name, cls in CLASSES.items())
    # This is what a traceback shows.
    assert {cls.__module__ for cls in (*CLASSES.values(), errors.PartFailure)} == {public.__name__}


@pytest.mark.parametrize("name", CLASSES)
def test_the_tree_is_drawn_completely(name):
    (line,) = [line for line in errors.__doc__.splitlines() if line.lstrip(" │├└─").split(" ")[0] == name]
    indent = len(line) - len(line.lstrip(" │├└─")) - 4
    parent = CLASSES[name].__mro__[1]
    if indent:
        above = errors.__doc__[: errors.__doc__.index(line)].splitlines()
        drawn = next(
            text.lstrip(" │├└─").split(" ")[0]
            for text in reversed(above)
            if len(text) - len(text.lstrip(" │├└─")) - 4 == indent - (3 if indent == 3 else 4)
        )
        assert drawn == parent.__name__
