"""What the pages name and the program does not have: dead links, unknown commands, options, targets and variables."""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from sundial.run.cli import parser
from sundial.run.lifeline import SUPERVISOR
from sundial.server.config.env import Environment

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\[[^\]\n]*\]\(([^()\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# A command is read where it is typed: in a code span, or at the beginning of a line of a block.
TYPED = re.compile(r"(?:`|^\s*)(?:\.venv/bin/)?(sundial (?!ready|is )[^`\n]+)", re.MULTILINE)
IN_MAKE = re.compile(r'make sundial ARGS="([^"…]+)"')
MADE = re.compile(r"(?:`|^\s*|&& )(?:[A-Z_]+=\S+ )*make ([a-z]+)", re.MULTILINE)
VARIABLE = re.compile(r"\b(SUNDIAL_[A-Z_]*[A-Z]|DATABASE_URL)\b")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Fault:
    """One thing that a page names and that is not there."""

    page: Path
    what: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.what}"


def pages() -> list[Path]:
    """Every page of the repository, those not yet committed included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def faults(page: Path, text: str | None = None) -> Iterator[Fault]:
    """Everything on a page that is not true; `text` is what would stand on it."""
    text = page.read_text() if text is None else text
    for check in (_dead_links, _unknown_commands, _unknown_targets, _unknown_variables):
        for what in check(text, page):
            yield Fault(page, what)


# -- links ------------------------------------------------------------------------------------


def _dead_links(text: str, page: Path) -> Iterator[str]:
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / unquote(path)).resolve() if path else page
        if not place.exists():
            yield f"link to {target}, which does not exist"
        elif ROOT not in (place, *place.parents):
            yield f"link to {target}, outside the repository"
        elif anchor and anchor not in _anchors(place):
            yield f"link to {target}, which has no such heading"


def _anchors(page: Path) -> set[str]:
    """The names that headings have in a link, as GitHub makes them."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(page.read_text()))
    return {heading.replace(" ", "-") for heading in plain}


# -- commands ---------------------------------------------------------------------------------


def _unknown_commands(text: str, page: Path) -> Iterator[str]:
    typed = [*TYPED.findall(text), *(f"sundial {words}" for words in IN_MAKE.findall(text))]
    for command in typed:
        problem = misunderstood(re.split(r"[…(#|&>]|  ", command)[0].split()[1:])
        if problem:
            yield f"`{command.strip()}`: {problem}"


def misunderstood(words: list[str]) -> str:
    """What the command line would not understand; empty if it understands all."""
    known = parser()
    while words and (actions := _commands(known)):
        if words[0] not in actions:
            return f"there is no command {words[0]!r}"
        if words[0] == "manage":
            return ""
        known, words = actions[words[0]], words[1:]
    options = _options(known)
    for option, value in _given(words):
        if option not in options:
            return f"there is no option {option}"
        choices = options[option].choices
        if choices and value and value not in choices:
            return f"{option} takes {', '.join(map(str, choices))}"
    return ""


def _commands(known: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in known._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def _options(known: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    return {name: action for action in known._actions for name in action.option_strings}


def _given(words: list[str]) -> Iterator[tuple[str, str]]:
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word.startswith("-"):
            option, _, value = word.partition("=")
            yield option, value or ("" if following.startswith("-") else following)


# -- targets and variables ----------------------------------------------------------------------


def _unknown_targets(text: str, page: Path) -> Iterator[str]:
    for target in set(MADE.findall(text)) - _targets():
        yield f"`make {target}`: there is no such target"


@cache
def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _unknown_variables(text: str, page: Path) -> Iterator[str]:
    for name in set(VARIABLE.findall(text)) - variables():
        yield f"{name}: nothing reads this variable"


@cache
def variables() -> set[str]:
    """Every environment variable that Sundial reads."""
    fields = Environment.model_fields.items()
    return {str(field.validation_alias or f"SUNDIAL_{name.upper()}") for name, field in fields} | {SUPERVISOR}


def main() -> int:
    """Print every fault; 0 if there is none."""
    found = [fault for page in pages() for fault in faults(page)]
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
