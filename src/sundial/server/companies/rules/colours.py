"""Whether a company's colour can be seen on our pages, light and dark, and what follows from it; after WCAG 2."""

import colorsys
import re
from collections.abc import Callable, Sequence

Rgb = tuple[float, float, float]

# The surfaces of web/src/styles/tokens.css on which the accent lies; a test compares them.
LIGHT = ("#f7f5f1", "#ffffff", "#f1eee8")
DARK = ("#12110f", "#1a1816", "#23201d")
MARK, TEXT = 3.0, 4.5  # contrast of a mark or a button against the page; of words against what they lie on

_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 400


def normal_colour(text: str) -> str | None:
    """The colour as #rrggbb in small letters; None for what is none."""
    plain = text.strip().lower()
    short = re.fullmatch(r"#?([0-9a-f])([0-9a-f])([0-9a-f])", plain)
    if short:
        plain = "#" + "".join(one * 2 for one in short.groups())
    plain = plain if plain.startswith("#") else f"#{plain}"
    return plain if _HEX.fullmatch(plain) else None


def contrast(one: str, other: str) -> float:
    """How well two colours are told apart, from 1 to 21."""
    light, dark = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faults(colour: str) -> list[str]:
    """On which pages this colour is hard to see: `light`, `dark`, or neither."""
    found = []
    if min(contrast(colour, page) for page in LIGHT) < MARK:
        found.append("light")
    if min(contrast(colour, page) for page in DARK) < MARK:
        found.append("dark")
    return found


def nearest(colour: str) -> str:
    """The colour nearest to this one, of the same hue, that is seen on both; itself if it is."""
    return _first(colour, lambda found: not faults(found))


def tokens(colour: str) -> dict[str, str]:
    """The tokens of our styles in this colour."""
    on_accent = max(("#000000", "#ffffff"), key=lambda ink: contrast(colour, ink))
    washes = _mixed(colour, LIGHT[1], 0.12), _mixed(colour, DARK[1], 0.2)
    light, dark = (*LIGHT, washes[0]), (*DARK, washes[1])
    return {
        "--accent": colour,
        "--accent-press": _mixed(colour, "#ffffff" if on_accent == "#000000" else "#000000", 0.88),
        "--on-accent": on_accent,
        "--accent-text": f"light-dark({_readable(colour, light)}, {_readable(colour, dark)})",
        "--accent-wash": f"light-dark({washes[0]}, {washes[1]})",
    }


def style_sheet(colour: str) -> str:
    """A style sheet that puts this colour in place of ours."""
    lines = "\n".join(f"  {name}: {value};" for name, value in tokens(colour).items())
    return f":root {{\n{lines}\n}}\n"


def _readable(colour: str, pages: Sequence[str]) -> str:
    """The nearest shade of this colour in which words can be read on all of these."""
    return _first(colour, lambda found: min(contrast(found, page) for page in pages) >= TEXT)


def _first(colour: str, fits: Callable[[str], bool]) -> str:
    """Walk away from this colour, lighter and darker by turns, to the first shade that fits."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    for step in range(_STEPS + 1):
        for shade in (lightness - step / _STEPS, lightness + step / _STEPS):
            if 0 <= shade <= 1:
                found = colour if step == 0 else _hex(colorsys.hls_to_rgb(hue, shade, saturation))
                if fits(found):
                    return found
    return colour


def _mixed(colour: str, other: str, share: float) -> str:
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(_rgb(colour), _rgb(other), strict=True))
    return _hex((red, green, blue))


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(255 * min(max(one, 0), 1)):02x}" for one in rgb)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
