"""Which window is in front, from lists as CGWindowList gives them."""

from sundial.agent.core.sensing import Focused
from sundial.agent.probes.macos.front import Listed, in_front

MENU, DOCK = Listed(25, 80, "SystemUIServer"), Listed(20, 90, "Dock")


def test_the_first_window_of_the_normal_layer_is_in_front() -> None:
    windows = [MENU, DOCK, Listed(0, 501, "Pages", "Letter"), Listed(0, 502, "Mail", "Inbox")]
    assert in_front(windows, 7) == Focused("Pages", "Letter", pid=501)


def test_without_one_nothing_is_active() -> None:
    assert in_front([MENU, DOCK], 7) == Focused("")
    assert in_front([], 7) == Focused("")


def test_our_own_window_has_no_name() -> None:
    windows = [Listed(0, 7, "Sundial", "our own secret"), Listed(0, 502, "Mail", "Inbox")]
    assert in_front(windows, 7) == Focused("", pid=7)


def test_an_owner_without_a_name_is_said_to_be_unknown() -> None:
    assert in_front([Listed(0, 501, "")], 7) == Focused("Unknown", pid=501)
