"""One true example per message, there and back."""

import json
from importlib.resources import files

import msgspec
import pytest

from sundial.protocol import catalogue, codec, events, messages, policy
from sundial.protocol.signing import KeyRing


@pytest.mark.parametrize("name", catalogue.EXAMPLES)
def test_every_example_goes_there_and_back(name: str) -> None:
    raw = catalogue.example(name)
    message = codec.decode(catalogue.EXAMPLES[name], raw)
    assert json.loads(codec.encode(message)) == json.loads(raw)


def test_every_file_is_in_the_catalogue() -> None:
    names = {item.name.removesuffix(".json") for item in files("sundial.protocol").joinpath("examples").iterdir()}
    assert names == set(catalogue.EXAMPLES)


def test_every_message_has_an_example() -> None:
    shown = {kind for kind in catalogue.EXAMPLES.values() if isinstance(kind, type)} | set(events.Event.__args__)
    parts = {
        messages.ErrorBody, messages.PublicKey, messages.Endorsement, messages.PolicyName, messages.NoticeItem,
        messages.PolicyStatus, messages.SessionStatus, messages.Lost, messages.QueueStatus,
        events.EventBase, events.Rejected,
    }  # fmt: skip
    every = {
        found
        for module in (messages, events)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, msgspec.Struct) and found is not msgspec.Struct
    }
    assert every - parts == shown


def test_the_example_policy_is_signed_by_the_example_key() -> None:
    answer = codec.decode(messages.EnrolAnswer, catalogue.example("enrol-answer"))
    document = codec.decode(messages.PolicyDocument, catalogue.example("policy"))
    assert document.key_id in policy.verify(document, KeyRing(answer.keys))
    assert document.etag == policy.etag_of(document)
    assert policy.checked_settings(document)["screenshot_interval_seconds"] == 300


def test_unknown_fields_are_passed_over() -> None:
    notice = codec.decode(messages.Notice, b'{"kind": "message", "id": 5, "colour": "red"}')
    assert notice == messages.Notice("message", 5)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"kind": "message", "id": "5"}', b"[" * 100_000])
def test_what_is_no_message_is_malformed(raw: bytes) -> None:
    with pytest.raises(codec.Malformed):
        codec.decode(messages.Notice, raw)
    with pytest.raises(codec.Malformed):
        codec.decode_object(b"[" + raw)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("batch", "events", []),
        ("batch", "batch", "no uuid"),
        ("acknowledgement", "kinds", ["thoughts"]),
        ("acknowledgement", "text_sha256", "short"),
        ("status", "boot_id", "x" * 200),
        ("status", "queue", {"waiting": -1, "lost": []}),
        ("goaway", "reconnect_ms", [1, 2, 3]),
        ("event-away", "cause", "bored"),
        ("event-app", "kind", "thoughts"),
    ],
)
def test_limits_of_fields_are_checked(name: str, field: str, value: object) -> None:
    whole = json.loads(catalogue.example(name))
    with pytest.raises(codec.Malformed):
        codec.decode(catalogue.EXAMPLES[name], json.dumps({**whole, field: value}))
