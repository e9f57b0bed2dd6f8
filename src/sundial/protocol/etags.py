"""Entity tags: bare in JSON and in stream ids, in double quotes in the `ETag` and `If-None-Match` headers."""


def quoted(etag: str) -> str:
    """The strong form for a header."""
    return f'"{etag}"'


def bare(header: str) -> str:
    """The tag in a single-valued header, with or without quotes or the mark of a weak one."""
    return header.strip().removeprefix("W/").strip('"')


def matches(if_none_match: str, etag: str) -> bool:
    """Whether the caller already has this tag; the header may list several, or be `*`."""
    if if_none_match.strip() == "*":
        return True
    return any(bare(part) == etag for part in if_none_match.split(","))
