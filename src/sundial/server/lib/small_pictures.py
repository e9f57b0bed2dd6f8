"""Logos and photos from strangers, made anew and small: decoded in a process of its own, as all pictures are."""

import io
import json
import resource
import subprocess
import sys

from PIL import Image, ImageOps

from sundial.server.lib.pictures import FORMATS, MEMORY, SECONDS, Unreadable

MOST_PIXELS = 25_000_000


def shrink(raw: bytes, box: tuple[int, int], *, whole: bool) -> bytes:
    """The picture within `box`: a `whole` one as PNG with what is seen through, else its middle as WebP.

    Raises Unreadable.
    """
    how = "whole" if whole else "middle"
    command = [sys.executable, "-m", "sundial.server.lib.small_pictures", how, *map(str, box)]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("This picture takes too long to read.") from error
    head, _, content = done.stdout.partition(b"\n")
    try:
        problem = json.loads(head)
    except ValueError:
        problem = "This picture cannot be read within its limits."
    if problem or done.returncode or not content:
        raise Unreadable(str(problem or "This picture cannot be read within its limits."))
    return content


def main() -> int:
    """In the process of its own: the picture comes in on standard input, the small one goes out."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    how, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    problem, content = "", b""
    try:
        content = _made(sys.stdin.buffer.read(), (width, height), how == "whole")
    except Unreadable as refusal:
        problem = str(refusal)
    except MemoryError:
        problem = "This picture needs more memory than it is given."
    except Exception:  # libraries raise anything at all for a crafted file
        problem = "This is no picture that can be read: send a PNG, JPEG or WebP."
    sys.stdout.buffer.write(json.dumps(problem).encode() + b"\n" + content)
    return 0


def _made(raw: bytes, box: tuple[int, int], whole: bool) -> bytes:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    written = io.BytesIO()
    with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unreadable(f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels.")
        opened.load()
        if whole:
            image = opened.convert("RGBA")
            image.thumbnail(box)
            image.save(written, "PNG", optimize=True)
        else:
            ImageOps.fit(ImageOps.exif_transpose(opened).convert("RGB"), box).save(written, "WEBP", quality=80)
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
