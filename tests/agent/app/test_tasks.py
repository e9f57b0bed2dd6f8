"""The person's tasks in the whole program: told live, chosen, told with the session, and done."""

from typing import Any

from sundial.agent.core.shown import Choose, Chosen, TaskDone
from sundial.protocol import codec
from sundial.protocol.messages import TaskItem
from tests.agent.app.house import PATIENCE, Stage
from tests.loops import eventually

FIRST = TaskItem(71, "Proof the catalogue", "Catalogue", "OPEN", "2026-11-27")
CHOSEN = Chosen(71, "Proof the catalogue")


def marks(stage: Stage) -> list[tuple[str, object]]:
    """Each word of the session and the task in it, as the server has them."""
    kept = [codec.decode(dict[str, Any], body) for body in stage.house.facts.events.values()]
    told = sorted((one for one in kept if one["kind"] == "session"), key=lambda one: str(one["eid"]))
    return [(one["state"], one.get("task")) for one in told]


async def test_a_task_that_is_given_to_somebody_at_work_is_shown_at_once_and_said(stage: Stage) -> None:
    async with stage.at_work():
        assert stage.window.now.tasks == ()
        stage.house.small.tasks.append(FIRST)
        stage.house.small.announce("task_changed", task=71, text="Dana gave you: Proof the catalogue")
        await stage.window.comes_to(lambda now: now.tasks == (FIRST,))
        await eventually(
            lambda: ("Your tasks", "Dana gave you: Proof the catalogue") in stage.notified, within=PATIENCE
        )


async def test_the_chosen_task_goes_to_the_server_with_the_session_and_ends_when_it_is_done(stage: Stage) -> None:
    stage.house.small.tasks.append(FIRST)
    async with stage.at_work() as desktop:
        await stage.window.comes_to(lambda now: now.tasks)
        desktop.hear(Choose(CHOSEN))
        await stage.window.comes_to(lambda now: now.chosen == CHOSEN)
        await eventually(lambda: ("resumed", 71) in marks(stage), within=PATIENCE)
        desktop.hear(TaskDone(71))
        await stage.window.comes_to(lambda now: now.chosen is None and now.tasks == ())
        await eventually(lambda: stage.house.small.moves == [("71", "DONE")], within=PATIENCE)
        await eventually(lambda: marks(stage)[-1] == ("resumed", None), within=PATIENCE)


async def test_one_that_is_done_and_not_worked_on_leaves_the_session_as_it_is(stage: Stage) -> None:
    stage.house.small.tasks += [FIRST, TaskItem(68, "Sort the sample room", "", "OPEN", None)]
    async with stage.at_work() as desktop:
        await stage.window.comes_to(lambda now: len(now.tasks) == 2)
        desktop.hear(Choose(CHOSEN))
        desktop.hear(TaskDone(68))
        await eventually(lambda: stage.house.small.moves == [("68", "DONE")], within=PATIENCE)
        await stage.window.comes_to(lambda now: now.tasks == (FIRST,) and now.chosen == CHOSEN)
    assert marks(stage) == [("started", None), ("resumed", 71), ("stopped", None)]
