"""Logs: for people or for machines, each line with the request it belongs to."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, sys
import structlog
from sundial.run import logs
logs.configure(sys.argv[1])
structlog.contextvars.bind_contextvars(request_id="abc123")
logging.getLogger("some.library").warning("it is %s", "so", extra={"door": "/login/"})
structlog.get_logger("sundial.test").info("a thing happened", company=7)
logging.getLogger("httpx").info("chatter")
logging.getLogger("django.request").warning("chatter: Not Found: /wp-login.php")
password = "wool and" + " copper"
try:
    raise ValueError("on purpose")
except ValueError:
    structlog.get_logger("sundial.test").exception("it failed")
"""


def said(form: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, form], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_json_lines_carry_level_name_time_fields_and_the_request() -> None:
    library, ours, failed = map(json.loads, said("json"))
    assert library["event"] == "it is so"
    assert (library["door"], library["level"], library["logger"]) == ("/login/", "warning", "some.library")
    assert (ours["event"], ours["company"], ours["request_id"]) == ("a thing happened", 7, "abc123")
    assert ours["timestamp"].endswith("Z")
    assert "ValueError: on purpose" in failed["exception"]


def test_lines_for_people_name_the_same() -> None:
    lines = said("console")
    assert "it is so" in lines[0]
    assert "request_id=abc123" in lines[1]
    assert "ValueError: on purpose" in "\n".join(lines)


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_failure_shows_where_it_was_and_no_value_of_any_variable(form: str) -> None:
    told = "\n".join(said(form))
    assert "on purpose" in told
    assert "wool and copper" not in told


@pytest.mark.parametrize("form", ["json", "console"])
def test_chatter_of_libraries_is_left_out(form: str) -> None:
    assert "chatter" not in "\n".join(said(form))
