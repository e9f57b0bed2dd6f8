"""Pictures of a desktop that never was, for the demo: windows, bars and lines, with nothing to be read in them."""

import io
import random

from PIL import Image, ImageDraw

SIZE = (1280, 720)
WALLS = ("#31475e", "#3f5a4a", "#5a4a63", "#4a4f5a", "#5e4a3c")
PAPER, BAR, LINE, ACCENTS = "#fbfaf7", "#e4e1da", "#c9c5bc", ("#b5651d", "#1a7f4b", "#2c6fbb", "#8a4fbf")


def draw_screen(luck: random.Random, title: str, clock: str) -> bytes:
    """A JPEG of one monitor with that window in front; 4 ms, so that it may be drawn between other things."""
    image = Image.new("RGB", SIZE, luck.choice(WALLS))
    draw = ImageDraw.Draw(image)
    _panel(draw, clock)
    if luck.random() < 0.5:
        _window(draw, luck, (420, 90, 1240, 640), "Files")
    _window(draw, luck, (60, 70, 1120, 660), title)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=75)
    return kept.getvalue()


def _panel(draw: ImageDraw.ImageDraw, clock: str) -> None:
    draw.rectangle((0, 0, SIZE[0], 28), fill="#22252b")
    draw.text((14, 8), "Simulated desktop", fill="#e8eaef")
    draw.text((SIZE[0] - 110, 8), clock, fill="#e8eaef")


def _window(draw: ImageDraw.ImageDraw, luck: random.Random, box: tuple[int, int, int, int], title: str) -> None:
    left, top, right, bottom = box
    draw.rectangle(box, fill=PAPER, outline="#8f8b82")
    draw.rectangle((left, top, right, top + 30), fill=BAR)
    draw.text((left + 12, top + 9), title, fill="#3a372f")
    accent = luck.choice(ACCENTS)
    if luck.random() < 0.5:
        _table(draw, luck, (left + 24, top + 54, right - 24, bottom - 24), accent)
    else:
        _text(draw, luck, (left + 90, top + 60, right - 90, bottom - 24), accent)


def _table(draw: ImageDraw.ImageDraw, luck: random.Random, box: tuple[int, int, int, int], accent: str) -> None:
    left, top, right, bottom = box
    draw.rectangle((left, top, right, top + 22), fill=accent)
    for y in range(top + 22, bottom, 22):
        draw.line((left, y, right, y), fill=LINE)
        for x in range(left, right - 90, 110):
            draw.rectangle((x + 8, y + 8, x + luck.randint(25, 95), y + 13), fill=LINE)


def _text(draw: ImageDraw.ImageDraw, luck: random.Random, box: tuple[int, int, int, int], accent: str) -> None:
    left, top, right, bottom = box
    draw.rectangle((left, top, left + 340, top + 14), fill=accent)
    for y in range(top + 40, bottom, 18):
        draw.rectangle((left, y, luck.randint(left + 200, right), y + 5), fill=LINE)
