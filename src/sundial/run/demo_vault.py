"""The demo company's vault: attributes, folders and a few small files behind rules, put there as its people would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO

from PIL import Image, ImageDraw

from sundial.run.demo_story import Story
from sundial.server.companies import actions as companies
from sundial.server.companies.types import Held
from sundial.server.lib.acting import Acting
from sundial.server.vault import actions

# Each attribute, what it holds, and which of the employees carry it, with its value.
POOL: Mapping[str, tuple[str, Mapping[int, str]]] = {
    "finance": ("flag", dict.fromkeys((0, 1, 2, 7), "")),
    "audit": ("flag", dict.fromkeys((1, 7), "")),
    "contractor": ("flag", dict.fromkeys((11, 12), "")),
    "clearance": ("number", {0: "3", 1: "2", 2: "1", 5: "2", 7: "3"}),
}
ALL = "role = employee or role = manager or role = admin"
FOLDERS = ("Finance", "Handbook", "Looms")


@dataclass(frozen=True)
class Paper:
    """A file of the demo; `by` is the number of the employee who uploaded it, None the administrator."""

    name: str
    folder: str
    rule: str
    content: bytes
    by: int | None = None
    days_ago: int = 3


def _picture() -> bytes:
    """A plan of the hall, as a picture."""
    image = Image.new("RGB", (640, 400), "#f4f1ea")
    pen = ImageDraw.Draw(image)
    for column in range(5):
        for line in range(3):
            left, top = 50 + column * 112, 60 + line * 104
            pen.rectangle((left, top, left + 84, top + 64), outline="#30475e", width=3)
            pen.line((left, top + 32, left + 84, top + 32), fill="#c98b4b", width=2)
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def _papers() -> Sequence[Paper]:
    budget = "month,yarn,energy,wages\n" + "".join(
        f"2026-{n:02},{41_000 + 700 * n},{9_300 + 210 * n},68000\n" for n in range(1, 13)
    )
    welcome = b"# Welcome to Meghna Textiles\n\nThe canteen opens at noon. Wear shoes in the hall.\n"
    holidays = b"day,occasion\n2026-02-21,Language Day\n2026-03-26,Independence Day\n"
    drill = b"Meet at the east gate. Count your line.\n"
    findings = b"1. Two invoices lack a second signature.\n"
    letter = b"The credit line stands until June.\n"
    return (
        Paper("Welcome.md", "", ALL, welcome),
        Paper("Holidays 2026.csv", "Handbook", ALL, holidays),
        Paper("Fire drill.txt", "Handbook", "working and not contractor", drill, 5),
        Paper("Budget 2026.csv", "Finance", "finance", budget.encode(), 0, 12),
        Paper("Audit findings.txt", "Finance", "finance, audit", findings, 1, 5),
        Paper("Bank letter.txt", "Finance", "(finance or audit) and clearance >= 2", letter, 7),
        Paper("Hall plan.png", "Looms", "not contractor", _picture(), 5, 9),
        Paper("Spare parts.csv", "Looms", "", b"part,count\nShuttle,12\nReed,4\n", 6, 1),
    )


def write_vault(story: Story, admin: Acting, people: Sequence[Acting], *, now: datetime) -> None:
    """Attributes for some people, folders, and files, each at a moment of the last days."""
    start = now - timedelta(days=15)
    story.at(start, partial(_give_attributes, admin, people))
    folders: dict[str, int] = {}
    story.at(start, partial(_make_folders, admin, folders))
    for paper in _papers():
        by = admin if paper.by is None else people[paper.by]
        story.at(now - timedelta(days=paper.days_ago, hours=2), partial(_keep, paper, by, folders))


def _give_attributes(admin: Acting, people: Sequence[Acting], *, now: datetime) -> None:
    for name, (kind, _holders) in POOL.items():
        companies.add_attribute(acting=admin, name=name, kind=kind, now=now)
    for number, person in enumerate(people):
        held = [Held(name, of[number]) for name, (_kind, of) in POOL.items() if number in of]
        if held:
            companies.set_attributes(acting=admin, user_id=person.id or 0, held=held, now=now)


def _make_folders(admin: Acting, folders: dict[str, int], *, now: datetime) -> None:
    """Make them, and note their ids for the papers that will lie in them."""
    folders.update({name: actions.make_folder(acting=admin, name=name, now=now).pk for name in FOLDERS})


def _keep(paper: Paper, by: Acting, folders: Mapping[str, int], *, now: datetime) -> None:
    actions.put_file(
        acting=by,
        name=paper.name,
        length=len(paper.content),
        pieces=[paper.content],
        folder_id=folders.get(paper.folder),
        rule_text=paper.rule,
        now=now,
    )
