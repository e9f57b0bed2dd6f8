"""Pictures of the screen: each monitor, made unreadable where that is asked for, encoded below a limit."""

import asyncio
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import mss
from mss.exception import ScreenShotError
from PIL import (  # the two formats by name, or the first picture imports Pillow's forty others: 2.5 MB
    Image,
    ImageOps,
    JpegImagePlugin,
    WebPImagePlugin,
)

from sundial.agent.core.sensing import CannotSee, Picture, PictureOrder
from sundial.agent.probes.memory import give_back

FORMATS = {"webp": WebPImagePlugin.WebPImageFile.format, "jpeg": JpegImagePlugin.JpegImageFile.format}
QUALITY_FLOOR = 35  # below that a smaller picture is easier to read than a coarser one
WEBP_METHOD = 2
WEBP_LOOKS_BETTER_BY = 15  # measured on desktops: WebP at 70 has the error of JPEG at 85; the setting means the look
SMALLEST_EDGE = 16
ROWS_WHEN_BLURRED = 45  # 24 pixels a block at 1080 lines: several letters of a page in each
BITS_WHEN_BLURRED = 4  # a letter changes the mean of its block by less than one such step

Grab = Callable[[], list[Image.Image]]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as bytes, and how large it is now."""

    image: bytes
    width: int
    height: int
    quality: int


async def take(grab: Grab, order: PictureOrder) -> list[Picture]:
    """One picture of each monitor, grabbed and encoded off the loop's thread. Raises CannotSee."""
    return await asyncio.to_thread(_take, grab, order)


def grab_screens(display: str | None = None) -> list[Image.Image]:
    """What the monitors show now, one image each. Raises CannotSee."""
    try:
        with mss.MSS(display=display) as screens:
            shots = [screens.grab(monitor) for monitor in screens.monitors[1:]]
            return [Image.frombytes("RGB", shot.size, shot.raw, "raw", "BGRX") for shot in shots]
    except (ScreenShotError, OSError, ValueError) as error:
        raise CannotSee(f"The screen could not be captured: {error}") from error


def encode(image: Image.Image, order: PictureOrder) -> Encoded:
    """At the quality asked for if it fits, else coarser, else smaller; never over the limit. Raises CannotSee."""
    quality, floor = order.quality, min(QUALITY_FLOOR, order.quality)
    while min(image.size) >= SMALLEST_EDGE:
        fitting, coarsest = _fitting(image, order, quality, floor)
        if fitting is not None:
            return fitting
        image = _smaller(image, coarsest, order.cap_bytes)
        quality = floor
    raise CannotSee(f"No picture of this screen fits into {order.cap_bytes} bytes.")


def unreadable(image: Image.Image) -> Image.Image:
    """The whole screen in blocks, each larger than a letter, in few shades: what is written there is gone."""
    block = max(16, image.height // ROWS_WHEN_BLURRED)
    blocks = ImageOps.posterize(image.reduce(block), BITS_WHEN_BLURRED)
    whole = blocks.resize((blocks.width * block, blocks.height * block), Image.Resampling.NEAREST)
    return whole.crop((0, 0, *image.size))


def _take(grab: Grab, order: PictureOrder) -> list[Picture]:
    try:
        return _pictures(grab(), order)
    finally:  # when the last image is let go
        give_back()


def _pictures(images: list[Image.Image], order: PictureOrder) -> list[Picture]:
    _must_show_something(images)
    return [_picture(screen, image, order) for screen, image in enumerate(images)]


def _picture(screen: int, image: Image.Image, order: PictureOrder) -> Picture:
    encoded = encode(unreadable(image) if order.blurred else image, order)
    return Picture(screen, encoded.image, encoded.width, encoded.height, order.blurred)


def _must_show_something(images: Sequence[Image.Image]) -> None:
    """A desktop that does not let itself be captured gives black or empty pictures, and no error."""
    if not images or any(0 in image.size for image in images):
        raise CannotSee("The desktop gave an empty picture of the screen.")
    if all(image.getbbox() is None for image in images):
        raise CannotSee("The desktop gave a black picture: the screen is off, or may not be captured.")


def _fitting(image: Image.Image, order: PictureOrder, quality: int, floor: int) -> tuple[Encoded | None, int]:
    """The best quality from `quality` down to `floor` that fits, and else how large the coarsest is."""
    best = _encoded(image, order.format, quality)
    if len(best.image) <= order.cap_bytes:
        return best, 0
    coarsest = _encoded(image, order.format, floor) if quality > floor else best
    if len(coarsest.image) > order.cap_bytes:
        return None, len(coarsest.image)
    return _bisected(image, order, coarsest, quality), 0


def _bisected(image: Image.Image, order: PictureOrder, fits: Encoded, too_large: int) -> Encoded:
    while too_large - fits.quality > 1:
        tried = _encoded(image, order.format, (too_large + fits.quality) // 2)
        if len(tried.image) <= order.cap_bytes:
            fits = tried
        else:
            too_large = tried.quality
    return fits


def _smaller(image: Image.Image, size: int, cap: int) -> Image.Image:
    factor = min(0.95, math.sqrt(cap / size))
    width, height = int(image.width * factor), int(image.height * factor)
    if min(width, height) < SMALLEST_EDGE:
        raise CannotSee(f"No picture of this screen fits into {cap} bytes.")
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _encoded(image: Image.Image, kind: str, quality: int) -> Encoded:
    out = io.BytesIO()
    if kind == "webp":
        image.save(out, FORMATS[kind], quality=quality - WEBP_LOOKS_BETTER_BY, method=WEBP_METHOD)
    else:
        image.save(out, FORMATS[kind], quality=quality)
    return Encoded(out.getvalue(), image.width, image.height, quality)
