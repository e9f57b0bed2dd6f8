"""Which example belongs to which message; both sides test themselves against all of them."""

from importlib.resources import files
from typing import Any

from sundial.protocol import events, messages

EXAMPLES: dict[str, Any] = {
    "acknowledgement": messages.Acknowledgement,
    "acknowledgement-answer": messages.AcknowledgementAnswer,
    "batch": events.Batch,
    "batch-answer": events.BatchAnswer,
    "enrol": messages.EnrolRequest,
    "enrol-answer": messages.EnrolAnswer,
    "error-revoked": messages.ErrorAnswer,
    "error-suspended": messages.ErrorAnswer,
    "event-ack": events.Event,
    "event-app": events.Event,
    "event-away": events.Event,
    "event-input": events.Event,
    "event-private": events.Event,
    "event-session": events.Event,
    "event-website": events.Event,
    "goaway": messages.Goaway,
    "notice": messages.Notice,
    "notices-answer": messages.NoticesAnswer,
    "policy": messages.PolicyDocument,
    "revoked": messages.Revoked,
    "screenshot-meta": events.ScreenshotMeta,
    "status": messages.StatusReport,
    "status-answer": messages.StatusAnswer,
    "status-rejected": messages.StatusReport,
    "status-waiting": messages.StatusReport,
    "task": messages.TaskItem,
    "task-update": messages.TaskUpdate,
    "tasks": messages.TasksAnswer,
}


def example(name: str) -> bytes:
    """The JSON of one example, as it stands in the file."""
    return files("sundial.protocol").joinpath("examples", f"{name}.json").read_bytes()
