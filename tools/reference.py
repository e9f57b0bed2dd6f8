"""Writes docs/reference/ from the code: the environment's variables and the settings of a tracking policy."""

from pathlib import Path

from pydantic_core import PydanticUndefined

from sundial.protocol.settings import SETTINGS
from sundial.protocol.switches import SWITCHES
from sundial.run.lifeline import SUPERVISOR
from sundial.server.config.env import Environment

HERE = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "<!-- Made by `python -m tools.reference`; a test compares it with the code. -->"


def environment() -> str:
    """The table of environment variables."""
    lines = [
        "# Environment variables",
        "",
        MADE,
        "",
        "Sundial reads these and nothing else. A value that does not fit stops the start with its name and why.",
        "",
        "| variable | default | what it does |",
        "|---|---|---|",
    ]
    for name, field in Environment.model_fields.items():
        variable = field.validation_alias or f"SUNDIAL_{name.upper()}"
        default = field.default
        shown = "" if default in (None, "", (), PydanticUndefined) else f"`{default}`"
        lines.append(f"| `{variable}` | {shown} | {field.description} |")
    lines += [
        "| `PORT` | | Hosting platforms set it; it stands in for `SUNDIAL_PORT`. |",
        f"| `{SUPERVISOR}` | | `sundial serve` sets it for its parts: the process with which they end. |",
        "",
        "`make run` and `make sundial` set `SUNDIAL_MODE=demo` unless it is set. On loopback both `localhost` and "
        "`127.0.0.1` are hosts and origins.",
    ]
    return "\n".join(lines) + "\n"


def tracking_policy() -> str:
    """The table of the 15 settings, and of the switches in sections."""
    lines = [
        "# The tracking policy",
        "",
        MADE,
        "",
        "| setting | what it does | default | range |",
        "|---|---|---|---|",
    ]
    for one in SETTINGS:
        ranged = f"{one.minimum}–{one.maximum} {one.unit}".strip() if one.kind == "int" and not one.read_only else ""
        default = str(one.default).lower() if one.kind == "bool" else f"{one.default} {one.unit}".strip()
        lines.append(f"| `{one.name}` | **{one.label}.** {one.help} | {default} | {ranged} |")
    lines += [
        "",
        "Switches in `sections`, as `section.field`:",
        "",
        "| switch | what it does | default |",
        "|---|---|---|",
    ]
    lines += [f"| `{one.name}` | **{one.label}.** {one.help} | false |" for one in SWITCHES]
    return "\n".join(lines) + "\n"


PAGES = {"settings.md": environment, "tracking-policy.md": tracking_policy}


def main() -> None:
    """Write every page."""
    HERE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (HERE / name).write_text(page())


if __name__ == "__main__":
    main()
