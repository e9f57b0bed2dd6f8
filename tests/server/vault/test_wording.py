"""What pages say of rules and decisions: in English the same as the language's own words, else the reader's."""

import ast
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils.translation import override

from sundial import access
from sundial.access.explain import COUNTED, ENGLISH
from sundial.server.lib.errors import Invalid
from sundial.server.vault.queries import wording
from tests.cast import Cast
from tests.server.vault.plays import attribute, put

VOICES = [(access.THEY, wording.to_others), (access.YOU, wording.to_them)]
VALUES = {"name": "level", "value": "1", "rule": "level >= 2", "why": "your level is 1", "all": 3}


@pytest.mark.parametrize("code", [*ENGLISH, *COUNTED])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_pages_say_each_reason_as_the_language_itself_does(code: str, n: int) -> None:
    for ours, theirs in VOICES:
        with override("en"):
            assert theirs().say(code, n, **VALUES) == ours.say(code, n, **VALUES)


def test_a_whole_decision_reads_the_same() -> None:
    rule = access.parse("level >= 2, not working, any 2 of (team = a, role = admin, finance), time < 09:00, gone")
    facts = access.Facts({"level": "number", "finance": "flag"}, {"level": 1}, working=True, minute_of_day=600)
    for ours, theirs in VOICES:
        with override("en"):
            assert access.decide(rule, facts, theirs()) == access.decide(rule, facts, ours)


def catalogue(folder: Path, words: dict[str, str]) -> None:
    """A catalogue of Bangla as `msgfmt` makes it (GNU gettext, "The Format of GNU MO Files")."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **words}.items())
    ids, texts = ([one.encode() + b"\0" for one in column] for column in zip(*pairs, strict=True))
    tables, at = [], 28 + 16 * len(pairs)
    for column in (ids, texts):
        for one in column:
            tables.append(struct.pack("<II", len(one) - 1, at))
            at += len(one)
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 28 + 16 * len(pairs))
    place = folder / "bn" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "django.mo").write_bytes(head + b"".join([*tables, *ids, *texts]))


@pytest.fixture
def bangla(tmp_path: Path) -> Iterator[None]:
    """A catalogue with a few words of rules."""
    catalogue(
        tmp_path,
        {
            "There is no attribute {name}.": "{name} নামে কোনো বৈশিষ্ট্য নেই।",
            "A bracket is not closed.": "একটি বন্ধনী বন্ধ হয়নি।",
            "{problem} Did you mean {suggestion}?": "{problem} {suggestion} বোঝাতে চেয়েছেন?",
        },
    )
    with override_settings(LOCALE_PATHS=[str(tmp_path)]), override("bn"):
        yield


@pytest.mark.usefixtures("bangla")
def test_what_is_wrong_with_a_rule_is_said_in_the_readers_language(cast: Cast) -> None:
    attribute(cast.admin, "finance")

    def look(text: str) -> Any:
        body = json.dumps({"text": text})
        asked = cast.admin.client.post(
            "/vault/rules/look/", body, content_type="application/json", headers={"Accept-Language": "bn"}
        )
        return asked.json()

    assert look("(finance")["error"]["message"] == "একটি বন্ধনী বন্ধ হয়নি।"
    assert look("finanse")["problems"][0]["message"] == "finanse নামে কোনো বৈশিষ্ট্য নেই।"
    with pytest.raises(Invalid) as refused:
        put(cast.admin, rule="finanse")
    assert refused.value.message == "finanse নামে কোনো বৈশিষ্ট্য নেই। finance বোঝাতে চেয়েছেন?"


def test_all_that_the_language_says_of_a_wrong_text_is_marked_for_translators() -> None:
    sources = [path.read_text() for path in Path(access.__file__).parent.glob("*.py")]
    calls = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    saying = [
        call for call in calls if ast.unparse(call.func) in {"RuleError", "Problem", "self._must", "self._unexpected"}
    ]
    assert len(saying) > 30
    words = [one for call in saying for one in call.args[:2] if isinstance(one, ast.JoinedStr | ast.Constant)]
    assert [ast.unparse(one) for one in words if " " in ast.unparse(one)] == []
