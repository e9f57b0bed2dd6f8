"""Names and types of files come from strangers: what could mislead is taken out, what a file is says its content."""

import pytest

from sundial.server.vault import rules
from sundial.server.vault.types import NAME_LIMIT

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JOINED = "ক্\u200dষ"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("plan.txt", "plan.txt"),
        ("  ..plan.txt. ", "plan.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("two\r\n lines\t.txt", "two lines .txt"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("\ufeff\u2066hidden\u2069", "hidden"),
        (JOINED, JOINED),
        ("a" * NAME_LIMIT, "a" * NAME_LIMIT),
    ],
)
def test_a_name_is_kept_as_it_was_meant(sent: str, kept: str) -> None:
    assert rules.cleaned(sent) == kept


@pytest.mark.parametrize("sent", ["", " . ", "../../etc/passwd", "a\\b", "\u202e", "x" * (NAME_LIMIT + 1), "\ud800"])
def test_what_is_no_name_is_refused(sent: str) -> None:
    with pytest.raises(rules.BadName):
        rules.cleaned(sent)


def test_names_that_look_alike_to_a_computer_of_another_kind_are_the_same() -> None:
    assert rules.folded("Plan.TXT") == rules.folded("plan.txt")
    assert rules.folded("Straße") == rules.folded("STRASSE")
    assert rules.folded(JOINED) == rules.folded(JOINED.replace("\u200d", ""))


def test_a_numbered_name_keeps_its_ending_and_fits() -> None:
    assert rules.numbered("plan.pdf", 2) == "plan (2).pdf"
    assert rules.numbered("README", 3) == "README (3)"
    assert len(rules.numbered("x" * NAME_LIMIT, 10)) == NAME_LIMIT


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"", "text/plain"),
        (b"a,b\n1,2\n", "text/plain"),
        ("হ্যালো".encode()[:-1], "text/plain"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"MZ" + b"\x00" * 200, "application/octet-stream"),
        (b"\x00\x01\x02\xff", "application/octet-stream"),
        (b"PK\x03\x04 [Content_Types].xml word/document.xml", DOCX),
        (b"PK\x03\x04 anything", "application/zip"),
    ],
)  # fmt: skip
def test_what_a_file_is_says_its_content(head: bytes, told: str) -> None:
    assert rules.media_type_of(head) == told
