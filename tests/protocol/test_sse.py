"""Server-sent events: what is encoded is parsed again, however it was cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.protocol import sse
from sundial.protocol.sse import Parser, ServerEvent

ONE_LINE = st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=["Cs"]))


def test_an_event_is_encoded_on_three_lines() -> None:
    assert sse.encode("policy", b'{"a":1}', "etag") == b'id: etag\nevent: policy\ndata: {"a":1}\n\n'
    assert sse.encode("revoked", b"{}") == b"event: revoked\ndata: {}\n\n"
    assert sse.comment("alive") == b": alive\n\n"


@pytest.mark.parametrize(("event", "data", "event_id"), [("a\nb", b"", ""), ("a", b"x\ny", ""), ("a", b"", "1\r2")])
def test_what_would_break_the_stream_is_not_encoded(event: str, data: bytes, event_id: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        sse.encode(event, data, event_id)


@given(st.lists(st.tuples(ONE_LINE.filter(bool), ONE_LINE)), st.lists(st.integers(1, 40)), st.sampled_from([1, 2, 3]))
def test_events_come_out_whole_however_the_bytes_were_cut(
    said: list[tuple[str, str]], cuts: list[int], ending: int
) -> None:
    stream = b"".join(sse.encode(event, data.encode()) + sse.comment() for event, data in said)
    stream = stream.replace(b"\n", [b"\n", b"\r\n", b"\r"][ending - 1])
    parser, found = Parser(), []
    for cut in [*cuts, len(stream)]:
        found += parser.feed(stream[:cut])
        stream = stream[cut:]
    found += parser.feed(stream)
    assert [(e.event, e.data) for e in found] == said


def test_byte_by_byte() -> None:
    parser = Parser()
    stream = b"\xef\xbb\xbf: hello\r\n\r\nid: 7\r\nevent: policy\r\ndata: {\r\ndata: }\r\n\r\ndata: x\r\n\r\n"
    found = [event for byte in stream for event in parser.feed(bytes([byte]))]
    assert found == [ServerEvent("policy", "{\n}", "7"), ServerEvent("message", "x", "7")]


def test_an_event_without_data_is_none_and_an_id_with_nul_is_passed_over() -> None:
    parser = Parser()
    assert parser.feed(b"event: policy\n\n") == []
    assert parser.feed(b"id: a\0b\nretry: 5\nunknown: 1\ndata\n\n") == [ServerEvent("message", "")]


def test_an_unfinished_event_waits() -> None:
    parser = Parser()
    assert parser.feed(b"data: half") == []
    assert parser.feed(b" and half\n") == []
    assert parser.feed(b"\n") == [ServerEvent("message", "half and half")]


def test_a_line_without_end_is_refused() -> None:
    parser = Parser()
    for _ in range(10):
        parser.feed(b"x" * 100_000)
    with pytest.raises(sse.StreamTooLong):
        parser.feed(b"x" * 100_000)


def test_an_event_without_end_is_refused() -> None:
    parser = Parser()
    for _ in range(10):
        parser.feed(b"data: " + b"x" * 100_000 + b"\n")
    with pytest.raises(sse.StreamTooLong):
        parser.feed(b"data: " + b"x" * 100_000 + b"\n")
