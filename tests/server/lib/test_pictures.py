"""Pictures made anew in a process of limits: bombs end there, below 300 MB."""

import json
import resource
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from sundial.server.lib import pictures
from sundial.server.lib.pictures import Unreadable
from tests.server.activity.test_pictures import bomb

LIMIT = 300 << 20


def written(image: Image.Image, kind: str, **how: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


# What the kernel says of the process itself: getrusage would count its parent's memory from before it was born.
MEASURED = """
import pathlib, sys
from sundial.server.lib import pictures
pictures.main()
sys.stderr.write(pathlib.Path("/proc/self/status").read_text())
"""


def peak(raw: bytes) -> tuple[int, dict[str, object]]:
    """The most memory that the process which reads this picture had, and what it answered."""
    done = subprocess.run([sys.executable, "-c", MEASURED, "85"], input=raw, capture_output=True, check=False)
    head, status = done.stdout.partition(b"\n")[0], done.stderr.decode()
    (memory,) = (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return memory * 1024, json.loads(head)


@pytest.mark.parametrize("side", [9_000, 12_000, 20_000])
def test_a_bomb_is_refused_in_little_memory(side: int) -> None:
    raw = bomb(side, side)
    memory, told = peak(raw)
    assert "problem" in told
    assert memory < LIMIT
    with pytest.raises(Unreadable):
        pictures.remake(raw, 85)


@pytest.mark.parametrize("mode", ["1", "P", "RGBA", "CMYK"])
def test_what_is_barely_small_enough_is_read_or_refused_in_no_more_memory(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    memory, _told = peak(written(Image.new(mode, (7_000, 7_000)), kind))
    assert memory < LIMIT


def test_a_webp_that_unfolds_into_much_memory_ends_in_a_refusal() -> None:
    raw = written(Image.new("RGB", (7_000, 7_000)), "WEBP", quality=1, method=0)
    memory, told = peak(raw)
    assert memory < LIMIT
    assert told["problem"]
    with pytest.raises(Unreadable):
        pictures.remake(raw, 85)


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160), (2560, 1440)])
def test_a_screen_is_made_anew_with_a_thumbnail_of_at_most_8_kb(size: tuple[int, int]) -> None:
    noise = Image.effect_noise((480, 270), 90).convert("RGB").resize(size)
    made = pictures.remake(written(noise, "JPEG"), 85)
    assert (made.width, made.height) == size
    assert len(made.thumb) <= 8192
    with Image.open(BytesIO(made.picture)) as opened, Image.open(BytesIO(made.thumb)) as small:
        assert (opened.format, small.format) == ("WEBP", "WEBP")
        assert opened.size == size
        assert max(small.size) <= 320


@pytest.mark.parametrize(("kind", "size"), [("WEBP", (5120, 2880)), ("JPEG", (7680, 4320)), ("PNG", (7680, 4320))])
def test_the_largest_screens_there_are_fit(kind: str, size: tuple[int, int]) -> None:
    raw = written(Image.linear_gradient("L").resize(size).convert("RGB"), kind)
    memory, told = peak(raw)
    assert memory < LIMIT
    assert "problem" not in told


def test_a_picture_that_lies_on_its_side_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = pictures.remake(written(Image.new("RGB", (64, 32)), "JPEG", exif=exif), 85)
    assert (made.width, made.height) == (32, 64)


def test_whatever_else_was_in_the_file_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    made = pictures.remake(written(Image.new("RGB", (64, 64)), "JPEG", exif=exif), 85)
    assert b"secret" not in made.picture + made.thumb


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"GIF89a", b"x" * 1000],
)
def test_what_is_no_picture_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        pictures.remake(raw, 85)
    assert str(refusal.value)


def test_a_format_that_we_do_not_take_is_refused() -> None:
    for kind in ("GIF", "TIFF", "BMP"):
        with pytest.raises(Unreadable):
            pictures.remake(written(Image.new("RGB", (16, 16)), kind), 85)


def test_the_limits_hold_in_the_other_process_only() -> None:
    pictures.remake(written(Image.new("RGB", (16, 16)), "PNG"), 85)
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] != pictures.MEMORY
