"""What a host reads, numbers and the program's own log, names no person either."""

import re

import httpx

from tests.contract.house import Firm, ask
from tests.running import Platform

# This platform has no mail server: as the settings say, letters are then written to the log, each up to a long line.
_LETTER = re.compile(r"^Content-Type: multipart/.*?^-{70,}$", re.MULTILINE | re.DOTALL)


def test_neither_numbers_nor_the_log_name_a_person(platform: Platform, firm: Firm) -> None:
    people = (firm.admin, firm.manager, firm.employee)
    firm.enrol(firm.employee, hostname="kanari-desk")
    for person in people:
        assert person.get("/api/v1/devices").status_code == 200
        wrong = {"email": person.email, "password": "not theirs"}
        assert ask(platform.base_url, "POST", "/api/login", json=wrong).status_code == 401
        assert person.get("/api/v1/users/999999999").status_code == 404
    numbers = httpx.get(f"{platform.base_url}/metrics", trust_env=False).text
    log = _LETTER.sub("", (platform.data.parent / f"{platform.data.name}.log").read_text())
    assert "sundial_gateway_streams_open" in numbers
    for said in (numbers, log):
        for word in ("kanari-desk", *(person.email for person in people)):
            assert word not in said
