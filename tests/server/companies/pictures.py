"""Small pictures to send."""

from io import BytesIO

from PIL import Image


def png(width: int, height: int, colour: str = "#336699") -> bytes:
    """A picture of one colour, half of it seen through."""
    written = BytesIO()
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    picture.paste(Image.new("RGBA", (max(1, width // 2), height), colour), (0, 0))
    picture.save(written, "PNG")
    return written.getvalue()
