"""What the person is asked and told."""

from sundial.agent.app.person import AtTheWindow
from sundial.agent.core import effects
from sundial.protocol.messages import NoticeItem

ASK = effects.Ask("etag-1", ("screenshots",), "From now on …")


class Told:
    def __init__(self) -> None:
        self.news: list[tuple[str, str]] = []
        self.ended: list[tuple[str, str]] = []
        self.agreed = 0
        self.person = AtTheWindow(
            lambda title, text: self.news.append((title, text)),
            lambda session, text: self.ended.append((session, text)),
        )

    def agree(self) -> None:
        self.agreed += 1


def test_a_question_waits_until_it_is_answered() -> None:
    told = Told()
    told.person.ask(ASK, told.agree)
    assert told.person.question is not None
    assert told.person.question.kinds == ("screenshots",)
    assert told.person.agrees("etag-1")
    assert [told.agreed, told.person.question] == [1, None]


def test_an_answer_to_an_older_question_is_no_answer() -> None:
    told = Told()
    told.person.ask(ASK, told.agree)
    told.person.ask(effects.Ask("etag-2", ("websites",), "…"), told.agree)
    assert not told.person.agrees("etag-1")
    assert told.agreed == 0
    told.person.withdraw()
    assert not told.person.agrees("etag-2")


def test_a_change_is_told_with_both_versions_and_in_words() -> None:
    told = Told()
    told.person.tell(effects.Tell(5, 6, ("Time between screenshots: 5 minutes instead of 10 minutes.",)))
    assert told.news == [("Settings updated (v5 → v6)", "Time between screenshots: 5 minutes instead of 10 minutes.")]


def test_a_session_ended_by_others_is_told_with_their_words() -> None:
    told = Told()
    told.person.show(NoticeItem(1, "session_ended", "…", {"session": "s-1", "text": "Dana ended your session."}))
    assert told.ended == [("s-1", "Dana ended your session.")]


def test_a_notice_without_words_or_with_wrong_ones_is_survived() -> None:
    told = Told()
    told.person.show(NoticeItem(1, "message", "…", {"text": 7}))
    told.person.show(NoticeItem(2, "session_ended", "…", {"session": ["x"], "text": None}))
    told.person.show(NoticeItem(3, "message", "…", {"text": "Lunch is ready"}))
    assert told.ended == [("", "Your session was ended.")]
    assert told.news == [("Message from your company", "Lunch is ready")]
