"""Reading a list of people from a CSV file as spreadsheets write them: what is in it, and what is wrong with a line."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sundial.server.companies.types import LIST_TEMPLATE, NotAList
from sundial.server.lib.acting import Role

MOST_ROWS = 1_000
LARGEST_FILE = 512 << 10  # bytes
COLUMNS = LIST_TEMPLATE[0]

_OTHER_WORDS = {
    "e-mail": "email", "e-mail address": "email", "email address": "email", "mail": "email", "first": "first name",
    "firstname": "first name", "first_name": "first name", "given name": "first name", "last": "last name",
    "lastname": "last name", "last_name": "last name", "surname": "last name", "family name": "last name",
    "team": "teams",
}  # fmt: skip
_ROLES = {
    "": Role.EMPLOYEE, "employee": Role.EMPLOYEE, "manager": Role.MANAGER, "admin": Role.ADMIN,
    "administrator": Role.ADMIN,
}  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_MARKED = re.compile(r"'(?=[=+\-@\t\r])")  # how our own exports keep a cell from being a formula


@dataclass(frozen=True)
class Line:
    """One line of the file, as it was meant; `problems` says what keeps this person out."""

    number: int
    email: str
    first_name: str = ""
    last_name: str = ""
    role: str = Role.EMPLOYEE
    department: str = ""
    teams: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default=())

    def but(self, *problems: str) -> "Line":
        """The same line with these problems more."""
        return replace(self, problems=(*self.problems, *(one for one in problems if one)))


def text_of(raw: bytes) -> str:
    """The characters in a file; raises NotAList."""
    if len(raw) > LARGEST_FILE:
        raise NotAList(f"The file is larger than {LARGEST_FILE >> 10} KB. Divide it and import one part after another.")
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAList("The file is no text. Save the list as CSV (UTF-8) and choose that file.")


def lines_of(text: str) -> list[Line]:
    """Everyone in the list, each with what is wrong with the line itself; raises NotAList."""
    found = _cells(text)
    if not found:
        raise NotAList("The file is empty.")
    names = [_column(cell) for cell in found[0][1]]
    if "email" not in names:
        raise NotAList("The first line must name the columns, and one of them must be: email.")
    if double := {name for name in names if name in COLUMNS and names.count(name) > 1}:
        raise NotAList(f"Two columns are called {min(double)}.")
    if len(found) > MOST_ROWS + 1:
        raise NotAList(f"The list has more than {MOST_ROWS} lines. Divide it and import one part after another.")
    if len(found) == 1:
        raise NotAList("The file names its columns, and nobody in them.")
    return _without_doubles([_line(number, names, cells) for number, cells in found[1:]])


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """Every line that is not empty, with its number in the file."""
    head = text.lstrip("\ufeff").split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=mark)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise NotAList(f"Line {reader.line_num} cannot be read: {error}.") from error


def _column(cell: str) -> str:
    word = " ".join(cell.lower().split())
    return _OTHER_WORDS.get(word, word)


def _line(number: int, names: Sequence[str], cells: Sequence[str]) -> Line:
    given = {name: _MARKED.sub("", cell.strip(), count=1) for name, cell in zip(names, cells, strict=False)}
    role = _ROLES.get(given.get("role", "").lower())
    made = Line(
        number=number,
        email=given.get("email", "").lower(),
        first_name=given.get("first name", ""),
        last_name=given.get("last name", ""),
        role=role or given["role"],
        department=" / ".join(part.strip() for part in re.split(r"[/>]", given.get("department", "")) if part.strip()),
        teams=tuple(dict.fromkeys(one.strip() for one in re.split(r"[;|]", given.get("teams", "")) if one.strip())),
    )
    return made.but(*_faults(made, given, known_role=role is not None))


def _faults(line: Line, given: Mapping[str, str], *, known_role: bool) -> list[str]:
    faults = [] if line.email else ["No e-mail address."]
    if not known_role:
        faults.append(f"There is no role {line.role[:40]}: write employee, manager or admin.")
    for name in ("first name", "last name"):
        if len(given.get(name, "")) > 80:
            faults.append(f"The {name} is longer than 80 characters.")
    if any(_CONTROLS.search(given.get(name, "")) for name in COLUMNS):
        faults.append("There are characters that cannot be written.")
    return faults


def _without_doubles(lines: Sequence[Line]) -> list[Line]:
    first: dict[str, int] = {}
    found = []
    for line in lines:
        seen = first.setdefault(line.email, line.number) if line.email else line.number
        found.append(line if seen == line.number else line.but(f"The same address stands in line {seen}."))
    return found
