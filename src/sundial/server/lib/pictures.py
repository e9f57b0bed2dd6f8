"""Pictures from strangers, made anew: decoded and encoded in a process of its own that may take little memory and time.

What such a process cannot do within its limits is refused; whatever goes wrong in it ends it and nothing else.
"""

import io
import json
import resource
import subprocess
import sys
from dataclasses import dataclass

from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
ENOUGH_PIXELS = 16_000_000  # a larger one is halved: no screen shows more
MEMORY = 280 << 20  # bytes that the process may write to
SECONDS = 60
THUMB_BYTES = 8 << 10
THUMB_SIZES = ((320, 200), (256, 160), (192, 120), (128, 80))
THUMB_QUALITIES = (60, 45, 30, 15)
FORMATS = ("PNG", "JPEG", "WEBP")


class Unreadable(Exception):
    """This picture cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Remade:
    """A picture as we keep it, and a small one of at most 8 KB."""

    picture: bytes
    thumb: bytes
    width: int
    height: int


def remake(raw: bytes, quality: int) -> Remade:
    """Decode what came, and encode it as WebP, in another process; raises Unreadable."""
    command = [sys.executable, "-m", "sundial.server.lib.pictures", str(quality)]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("This picture takes too long to read.") from error
    head, _, rest = done.stdout.partition(b"\n")
    try:
        told = json.loads(head)
    except ValueError:
        told = {"problem": "This picture cannot be read within its limits."}
    if done.returncode or "problem" in told:
        raise Unreadable(str(told.get("problem", "This picture cannot be read within its limits.")))
    size = int(told["bytes"])
    return Remade(rest[:size], rest[size:], int(told["width"]), int(told["height"]))


def main() -> int:
    """In the process of its own: the picture comes in on standard input, both go out on standard output."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        made = _remade(sys.stdin.buffer.read(), int(sys.argv[1]))
    except Unreadable as refusal:
        return _answer({"problem": str(refusal)})
    except MemoryError:
        return _answer({"problem": "This picture needs more memory than it is given."})
    except Exception as error:  # libraries raise anything at all for a crafted file
        return _answer({"problem": f"This picture cannot be read: {type(error).__name__}."})
    facts = {"bytes": len(made.picture), "width": made.width, "height": made.height}
    return _answer(facts, made.picture + made.thumb)


def _answer(facts: dict[str, str | int] | dict[str, int] | dict[str, str], content: bytes = b"") -> int:
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + content)
    return 0


def _remade(raw: bytes, quality: int) -> Remade:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unreadable(f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels.")
        opened.load()
        vars(opened).pop("_decoder", None)  # WebP's holds the picture twice more
        image = _plain(opened)
    return Remade(_webp(image, quality), _thumb(image), image.width, image.height)


def _plain(opened: Image.Image) -> Image.Image:
    """Upright, in plain colours, without whatever else was in the file, and no larger than is of use."""
    image: Image.Image = opened
    if image.width * image.height > ENOUGH_PIXELS:
        image = image.convert("L") if image.mode == "1" else image
        image = (image.convert("RGB") if image.mode == "P" else image).reduce(2)
    ImageOps.exif_transpose(image, in_place=True)
    return image if image.mode == "RGB" else image.convert("RGB")


def _webp(image: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "WEBP", quality=quality, method=2)
    return written.getvalue()


def _thumb(image: Image.Image) -> bytes:
    for size in THUMB_SIZES:
        small = image.copy()
        small.thumbnail(size)
        for quality in THUMB_QUALITIES:
            written = _webp(small, quality)
            if len(written) <= THUMB_BYTES:
                return written
    raise Unreadable("No small picture can be made of this one.")


if __name__ == "__main__":
    sys.exit(main())
