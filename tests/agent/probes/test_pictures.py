"""Pictures of a real screen, and their encoding below a limit."""

import io
import random
import statistics
import string
import subprocess
import sys
import threading

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from sundial.agent.core.sensing import CannotSee, Picture, PictureOrder
from sundial.agent.probes import open_desk, pictures
from sundial.agent.probes.x11 import X11Desk
from tests.agent.probes.screen import Screen, open_screen

MONO, SANS = "DejaVuSansMono.ttf", "DejaVuSans.ttf"
FULL_HD = (1920, 1080)


def order(quality: int = 85, cap: int = 5_000_000, **more: object) -> PictureOrder:
    return PictureOrder(quality, cap, **more)


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.image)).convert("RGB")


def noise(size: tuple[int, int]) -> Image.Image:
    """What no encoder likes."""
    return Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3))


def _gradient(size: tuple[int, int], chance: random.Random) -> Image.Image:
    low = Image.new("RGB", (4, 3))
    low.putdata([tuple(chance.randrange(30, 200) for _ in range(3)) for _ in range(12)])
    return low.resize(size, Image.Resampling.BICUBIC)


def _words(chance: random.Random, number: int) -> str:
    return " ".join("".join(chance.choices(string.ascii_lowercase, k=chance.randrange(2, 10))) for _ in range(number))


def _editor(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], chance: random.Random) -> None:
    left, top, right, bottom = box
    dark = chance.random() < 0.5
    draw.rectangle(box, fill="#1e1e2e" if dark else "#ffffff")
    draw.rectangle((left, top, right, top + 30), fill="#3a3a4a" if dark else "#dddddd")
    inks = ["#89b4fa", "#a6e3a1", "#f9e2af", "#cdd6f4"] if dark else ["#1a1a1a", "#0b57d0", "#7a3e9d", "#3c4043"]
    font = ImageFont.truetype(MONO if dark else SANS, 14)
    for y in range(top + 40, bottom - 20, 20):
        if chance.random() < 0.85:
            indent = chance.randrange(0, 5) * 24
            text = _words(chance, chance.randrange(3, 11))[: (right - left - indent - 30) // 9]
            draw.text((left + 12 + indent, y), text, fill=chance.choice(inks), font=font)


def desktop(seed: int, size: tuple[int, int] = FULL_HD) -> Image.Image:
    """A wallpaper, one to three windows full of text, a photograph and a panel."""
    chance = random.Random(seed)
    image = _gradient(size, chance)
    draw = ImageDraw.Draw(image)
    for number in range(1 + seed % 3):
        left, top = 40 + number * 560, 50 + chance.randrange(0, 150)
        _editor(draw, (left, top, left + 640, top + 750), chance)
    photograph, grain = _gradient((400, 300), chance), Image.effect_noise((400, 300), 30).convert("RGB")
    image.paste(Image.blend(photograph, grain, 0.15), (1480, 100))
    draw.rectangle((0, size[1] - 36, size[0], size[1]), fill="#202020")
    draw.text((20, size[1] - 28), _words(chance, 12), fill="#eeeeee", font=ImageFont.truetype(SANS, 14))
    return image


# Encoding ------------------------------------------------------------------------------------------


def test_a_usual_desktop_is_small_at_the_quality_asked_for() -> None:
    encoded = [pictures.encode(desktop(seed), order()) for seed in range(9)]
    assert {(one.width, one.height, one.quality) for one in encoded} == {(*FULL_HD, 85)}
    assert statistics.median(len(one.image) for one in encoded) <= 130_000


@pytest.mark.parametrize("kind", ["webp", "jpeg"])
@pytest.mark.parametrize("cap", [300_000, 100_000, 20_000, 2_000])
def test_a_picture_is_never_over_its_limit(kind: str, cap: int) -> None:
    encoded = pictures.encode(noise((800, 600)), order(85, cap, format=kind))
    assert len(encoded.image) <= cap
    shown = Image.open(io.BytesIO(encoded.image))
    assert shown.format == kind.upper()
    assert shown.size == (encoded.width, encoded.height)


@pytest.mark.parametrize("kind", ["webp", "jpeg"])
def test_a_picture_gets_coarser_before_it_gets_smaller(kind: str) -> None:
    image = desktop(1)
    best, coarsest = (len(pictures.encode(image, order(q, format=kind)).image) for q in (85, 35))
    cap = (best + coarsest) // 2
    encoded = pictures.encode(image, order(85, cap, format=kind))
    assert (encoded.width, encoded.height) == FULL_HD
    assert 35 < encoded.quality < 85
    assert len(encoded.image) > len(pictures.encode(image, order(35, format=kind)).image)
    below = pictures.encode(image, order(85, coarsest - 1, format=kind))
    assert below.quality == 35
    assert FULL_HD[0] * 0.7 < below.width < FULL_HD[0]
    assert len(below.image) < coarsest


def test_a_limit_that_nothing_fits_into_is_said() -> None:
    with pytest.raises(CannotSee, match="fits into 30 bytes"):
        pictures.encode(noise((800, 600)), order(85, 30))


# Blurring ------------------------------------------------------------------------------------------


def _letter(letter: str, at: tuple[int, int]) -> Image.Image:
    page = Image.new("RGB", FULL_HD, "white")
    ImageDraw.Draw(page).text(at, letter, fill="black", font=ImageFont.truetype(SANS, 15))
    return page


def test_no_letter_can_be_told_from_another_once_blurred() -> None:
    """Wherever it stands in its block: the 26 letters leave so few pictures that none says which it was."""
    for at in [(100, 100), (107, 103), (112, 110), (118, 117)]:
        seen = {pictures.unreadable(_letter(letter, at)).tobytes() for letter in string.ascii_lowercase}
        assert len(seen) <= 3


def test_a_blurred_screen_has_one_shade_in_each_block() -> None:
    blurred = pictures.unreadable(desktop(2))
    assert blurred.size == FULL_HD
    blocks = blurred.reduce(24)
    again = blocks.resize((blocks.width * 24, blocks.height * 24), Image.Resampling.NEAREST).crop((0, 0, *FULL_HD))
    assert ImageChops.difference(blurred, again).getbbox() is None
    assert blocks.width * blocks.height == 80 * 45


async def test_a_picture_is_blurred_before_it_is_encoded() -> None:
    [sharp] = await pictures.take(lambda: [desktop(3)], order())
    [blurred] = await pictures.take(lambda: [desktop(3)], order(blurred=True))
    assert (sharp.blurred, blurred.blurred) == (False, True)
    difference = ImageChops.difference(opened(blurred), pictures.unreadable(desktop(3))).convert("L")
    assert statistics.fmean(difference.tobytes()) < 4
    assert len(blurred.image) < len(sharp.image) / 3


# Capturing -----------------------------------------------------------------------------------------


async def test_a_picture_shows_what_is_on_the_screen(screen: Screen) -> None:
    screen.run("xsetroot", "-solid", "#3366cc")
    [picture] = await X11Desk(screen.name).pictures(order(95))
    assert (picture.screen, picture.width, picture.height, picture.blurred) == (0, 1280, 720, False)
    seen = opened(picture).getpixel((640, 700))
    assert isinstance(seen, tuple)
    assert max(abs(have - want) for have, want in zip(seen, (0x33, 0x66, 0xCC), strict=True)) < 12


async def test_each_monitor_gives_a_picture() -> None:
    with open_screen("3840x1080x24", managed=False) as screen:
        screen.run("xrandr", "--setmonitor", "left", "1920/500x1080/300+0+0", "screen")
        screen.run("xrandr", "--setmonitor", "right", "1920/500x1080/300+1920+0", "none")
        screen.run("xsetroot", "-solid", "#808080")
        taken = await X11Desk(screen.name).pictures(order())
    assert [(one.screen, one.width, one.height) for one in taken] == [(0, *FULL_HD), (1, *FULL_HD)]


async def test_a_black_screen_is_no_picture() -> None:
    with open_screen(managed=False) as screen, pytest.raises(CannotSee, match="black"):
        await X11Desk(screen.name).pictures(order())


async def test_an_empty_picture_is_no_picture() -> None:
    with pytest.raises(CannotSee, match="empty"):
        await pictures.take(list, order())
    with pytest.raises(CannotSee, match="empty"):
        await pictures.take(lambda: [Image.new("RGB", (0, 0))], order())


async def test_one_black_monitor_beside_another_is_taken_as_it_is() -> None:
    taken = await pictures.take(lambda: [Image.new("RGB", (64, 64)), Image.new("RGB", (64, 64), "white")], order())
    assert [one.screen for one in taken] == [0, 1]


async def test_a_screen_that_is_gone_is_said() -> None:
    with open_screen(managed=False) as screen:
        desk = open_desk({"DISPLAY": screen.name})
        screen.server.kill()
        screen.server.wait()
        with pytest.raises(CannotSee, match="could not be captured"):
            await desk.pictures(order())


async def test_the_loop_goes_on_while_a_picture_is_made() -> None:
    threads: list[threading.Thread] = []

    def grab() -> list[Image.Image]:
        threads.append(threading.current_thread())
        return [desktop(4)]

    await pictures.take(grab, order())
    assert threads
    assert threading.current_thread() not in threads


GREEDY = """
import asyncio
from pathlib import Path
from PIL import Image
from sundial.agent.core.sensing import PictureOrder
from sundial.agent.probes import pictures

def own():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))

def grab():
    return [Image.effect_noise((1920, 1080), 60).convert("RGB")]

async def work():
    began = own()
    for _ in range(6):
        await pictures.take(grab, PictureOrder(85, 5_000_000))
        print(own() - began, flush=True)

asyncio.run(work())
"""


def test_what_pictures_took_is_given_back() -> None:
    """The allocator would keep 23 MB and more; of what is given back at most one picture is left for a moment."""
    grown = subprocess.run([sys.executable, "-c", GREEDY], check=True, capture_output=True, text=True).stdout.split()
    assert len(grown) == 6
    assert max(map(int, grown)) < 20_000, f"kB after each picture: {grown}"
