"""Whatever happens in whatever order, the policy manager keeps its promises: tried with random plays."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sundial.agent.core import asking, effects, events
from sundial.agent.core.manager import PolicyManager
from sundial.agent.core.saved import Saved
from sundial.protocol.messages import PolicyDocument
from sundial.protocol.policy import checked_settings
from sundial.protocol.settings import Kind, Settings, kinds_on
from sundial.protocol.signing import SigningKey
from tests.agent.core.test_manager import COMPANY, KEY, document

STRANGER = SigningKey.from_bytes(bytes(range(32)))
VARIANTS: tuple[dict[str, Any], ...] = (
    {},
    {"screenshots_enabled": False},
    {"enable_keyboard_tracking": True, "screenshot_quality": 60},
    {"screenshot_interval_seconds": 1},
    {"key": STRANGER},
    {"sections": {"later": {}}},
    {"epoch": 2},
)
DOCUMENTS = [document(version, **variant) for version in range(1, 6) for variant in VARIANTS]


class World:
    """The manager, and collectors that carry out its orders one after the other."""

    def __init__(self) -> None:
        self.manager = PolicyManager(COMPANY, [KEY.public])
        self.orders: list[effects.Apply | effects.Stop] = []
        self.running: Settings | None = None
        self.asked: list[effects.Ask] = []
        self.agreed: set[Kind] = set()
        self.saved = Saved()
        self.ended = False

    def happen(self, event: events.Event) -> None:
        for effect in self.manager.handle(event):
            match effect:
                case effects.Apply() | effects.Stop():
                    self.orders.append(effect)
                case effects.Ask():
                    self.asked.append(effect)
                case effects.Save(saved):
                    self.saved = saved
                case effects.End():
                    self.ended = True
        self.check()

    def obey(self, *, fail: bool) -> None:
        if not self.orders:
            return
        order = self.orders.pop(0)
        if isinstance(order, effects.Stop):
            self.running = None
            self.happen(events.Stopped())
        elif fail:
            self.happen(events.NotApplied(order.attempt, "it broke"))
        else:
            self.running = order.settings
            self.happen(events.Applied(order.attempt))

    def agree(self) -> None:
        if self.asked:
            ask = self.asked.pop()
            self.agreed |= set(ask.kinds)
            self.happen(events.Acknowledged(asking.word_for(ask.etag, ask.kinds, ask.text, "now")))

    def check(self) -> None:
        status = self.manager.status()
        if status.state == "applied":
            assert status.effective_etag == status.etag
            assert self.running == checked_settings(_named(status.etag))
        if status.state in ("waiting", "unsupported"):
            assert status.effective_etag == status.etag
        for order in self.orders:
            if isinstance(order, effects.Apply):
                assert set(kinds_on(order.settings)) <= self.agreed, "never a kind that nobody agreed to"
                assert order.settings["screenshot_interval_seconds"] >= 30
        assert sum(isinstance(order, effects.Apply) for order in self.orders) <= 1


def _named(etag: str) -> PolicyDocument:
    return next(one for one in DOCUMENTS if one.etag == etag)


STEPS = st.one_of(
    st.tuples(st.just("receive"), st.sampled_from(DOCUMENTS)),
    st.tuples(st.just("obey"), st.sampled_from([False, False, False, True])),
    st.tuples(st.just("agree"), st.none()),
    st.tuples(st.just("close"), st.sampled_from(["suspended", "unknown"])),
    st.tuples(st.just("open"), st.none()),
)


def step(world: World, what: str, argument: Any) -> None:
    match what:
        case "receive":
            world.happen(events.Received(argument))
        case "obey":
            world.obey(fail=argument)
        case "agree":
            world.agree()
        case "close":
            world.happen(events.DoorsClosed(argument))
        case "open":
            world.happen(events.DoorsOpen())


def settle(world: World) -> None:
    """All that is asked is agreed to, all that is ordered is done."""
    for _round in range(50):
        while world.orders:
            world.obey(fail=False)
        if not world.asked:
            return
        world.agree()


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_the_manager_keeps_its_promises(steps: list[tuple[str, Any]]) -> None:
    world = World()
    world.happen(events.Started())
    for what, argument in steps:
        step(world, what, argument)
    world.happen(events.DoorsOpen())
    settle(world)
    final = document(99, epoch=3)
    DOCUMENTS.append(final)
    world.happen(events.Received(final))
    settle(world)
    status = world.manager.status()
    assert (status.state, status.effective_etag) == ("applied", final.etag), "nothing of the past bars the way"
    assert world.saved.document == final
    world.happen(events.DoorsClosed("suspended"))
    settle(world)
    assert world.running is None
    world.happen(events.Revoked("enough"))
    settle(world)
    assert world.ended
    DOCUMENTS.remove(final)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_a_restart_never_records_more_than_the_last_good_policy(steps: list[tuple[str, Any]]) -> None:
    world = World()
    world.happen(events.Started())
    for what, argument in steps:
        step(world, what, argument)
    again = World()
    again.manager = PolicyManager(COMPANY, [KEY.public], world.saved)
    again.agreed = set(world.agreed)
    again.happen(events.Started())
    while again.orders:
        again.obey(fail=False)
    if world.saved.document is None:
        assert again.running is None
    else:
        assert again.running is not None
        allowed = checked_settings(world.saved.document)
        assert set(kinds_on(again.running)) <= set(kinds_on(allowed)) & world.agreed
