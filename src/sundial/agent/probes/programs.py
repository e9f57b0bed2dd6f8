"""Which program a process runs."""

import psutil


def program(pid: int) -> tuple[str, str]:
    """Name and file of a process; empty where it is gone or not ours to ask."""
    if pid <= 0:
        return "", ""
    try:
        process = psutil.Process(pid)
        name = process.name()
    except psutil.Error:
        return "", ""
    try:
        return name, process.exe()
    except psutil.Error:
        return name, ""
