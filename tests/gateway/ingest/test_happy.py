from tests.gateway.ingest.conftest import Tell
from tests.gateway.ingest.diary import Records, at, event, mark, uuid7


def test_what_was_told_is_kept_and_summed_in_quarters_of_an_hour(tell: Tell, records: Records) -> None:
    session = uuid7()
    begun = mark(session, 0, "started", reason="Writing")
    first, second = event(session, 0, 10, title="a"), event(session, 10, 20)
    counts = event(session, 10, 20, kind="input", keys=100, clicks=3, scrolls=0, moved_s=7)
    answer = tell(begun, first, second, counts)
    assert answer == {
        "accepted": [begun["eid"], first["eid"], second["eid"], counts["eid"]],
        "duplicate": [],
        "rejected": [],
    }
    assert [row[1:] for row in records.usage()] == [
        (at(0), 1, "Editor", 900_000, 0, 0, 0, 0, 2),
        (at(0), 5, "", 300_000, 50, 2, 0, 4, 1),
        (at(15), 1, "Editor", 300_000, 0, 0, 0, 0, 0),
        (at(15), 5, "", 300_000, 50, 1, 0, 3, 0),
    ]
    assert records.usage() == records.recount()
    assert records.session(session) == (at(0), None, "", None)
