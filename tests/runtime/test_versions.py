import pytest
from packaging.version import Version
from toy_service import SERVICE

from caveclient_gen._runtime.discovery import Finding
from caveclient_gen._runtime.errors import InvalidArgumentError, ServerIncompatibilityError
from caveclient_gen._runtime.negotiation import ApiChoice, choose_api
from caveclient_gen._runtime.versions import (
    in_words,
    read_api,
    read_api_versions,
    read_server_version,
    within,
)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('"5.26.4"\n', "5.26.4"),  # materialize, chunkedgraph, info
        ("neuroglance_auth -- version 2.30.3", "2.30.3"),  # auth
        ("6.0.0-dirty", "6.0.0"),
        ('"v2.18.0"', "2.18.0"),
        ("2.21", "2.21"),
        ("5.0.0rc1", "5.0.0rc1"),
        ('"2.18.0', "2.18.0"),  # broken JSON
        ("", None),
        ("null", None),
        ("unknown", None),
        ('"unknown"', None),
        ("<html><title>nginx 1.25.3</title></html>", None),
        ('{"message": "<b>4.0.1</b>"}', None),
        ("word " * 100 + "1.2.3", None),
        ("version3", None),
    ],
)
def test_server_version_is_read_from_any_wording(text, version):
    assert read_server_version(text) == (None if version is None else Version(version))


@pytest.mark.parametrize(
    ("ranges", "version", "inside"),
    [
        ((), "0.1", True),
        ((">=2.18.0",), "2.18.0", True),
        ((">=2.18.0",), "2.17.9", False),
        ((">=2.18.0",), "2.9.0", False),  # not as text
        (("<3,>=2.18.0", ">=3.0.5"), "2.20.0", True),
        (("<3,>=2.18.0", ">=3.0.5"), "3.0.4", False),
        (("<3,>=2.18.0", ">=3.0.5"), "4.1.0", True),  # the next major version is not locked out
        ((">=5.0.0",), "5.0.1.dev1", True),  # pre-releases count as what they are ...
        ((">=5.0.0",), "5.0.0rc1", False),  # ... which is less than the release
        ((">=5.0.0",), "5.0.0+local.3", True),
    ],
)
def test_ranges(ranges, version, inside):
    assert within(ranges, Version(version)) is inside


@pytest.mark.parametrize(
    ("document", "apis"),
    [
        ([2, 3], ("2", "3")),
        (["v2", "10", 3], ("2", "3", "10")),
        ([-1, 0, 1], ("0", "1")),
        ([2, 2], ("2",)),
        ([True, 2], ("2",)),
        ([], None),
        (["latest"], None),
        ({"versions": [2]}, None),
        ("2", None),
        (None, None),
    ],
)
def test_api_versions_are_read_from_what_servers_list(document, apis):
    assert read_api_versions(document) == apis


@pytest.mark.parametrize(
    ("value", "api"), [(2, "2"), ("2", "2"), ("v3", "3"), ("V3", "3"), ("latest", "latest"), (" 2 ", "2")]
)
def test_api_version_argument(value, api):
    assert read_api(value) == api


@pytest.mark.parametrize("value", ["newest", "", None, 2.0, True, "-1", "v"])
def test_api_version_argument_refused(value):
    with pytest.raises(InvalidArgumentError, match=r"^Pass api_version as a number"):
        read_api(value)


def test_ranges_in_words():
    assert in_words(("<3,>=2.18.0", ">=3.0.5")) == ">=2.18.0 and <3, or >=3.0.5"


def test_ranges_of_one_branch_in_words():
    assert in_words((">=5.13.0",)) == ">=5.13.0"


# wanted, known, listed by the server (None: it did not tell), chosen, whether it is only assumed
@pytest.mark.parametrize(
    ("wanted", "known", "listed", "api", "assumed"),
    [
        ("latest", ("2", "3"), ("2", "3"), "3", False),
        ("latest", ("2", "3"), ("2",), "2", False),
        ("latest", ("2", "3"), ("2", "3", "4"), "3", False),
        ("latest", ("9", "10"), ("9", "10"), "10", False),  # not as text
        ("latest", ("2", "3"), None, "2", True),  # the service's fallback
        ("latest", ("3", "4"), None, "4", True),  # the fallback is unknown to the client
        ("2", ("2", "3"), ("3",), "2", False),
        ("latest", ("1",), ("7",), "1", False),  # nothing to choose
    ],
)
def test_api_version_is_the_newest_in_common(wanted, known, listed, api, assumed):
    choice = choose_api(SERVICE, known, wanted, lambda: Finding(listed, "503"))
    assert choice == ApiChoice(api, "503" if assumed else "")


def test_nothing_in_common_is_an_error():
    with pytest.raises(ServerIncompatibilityError, match="server speaks API 4, 5, this client 2, 3"):
        choose_api(SERVICE, ("2", "3"), "latest", lambda: Finding(("4", "5")))


@pytest.mark.parametrize(("wanted", "known"), [("3", ("2", "3")), ("latest", ("2",))])
def test_a_server_whose_answer_cannot_matter_is_not_asked(wanted, known):
    def ask():
        raise LookupError

    assert choose_api(SERVICE, known, wanted, ask).doubt == ""
