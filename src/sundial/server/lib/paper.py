"""PDF files in the letters of the pages: a sheet of paper that can say what its fonts have letters for."""

from typing import Any, Literal

from fpdf import FPDF

from sundial.server.lib.letters import letters_for

INK, MUTED, LINE = (28, 26, 23), (99, 93, 84), (211, 204, 192)

_ALWAYS = "0123456789:.,%–…·?"
_UNKNOWN = "?"
_FIRST_JOINED, _LAST_JOINED = "\u0900", "\u0dff"  # scripts of India: letters take their form from their neighbours


class Paper(FPDF):
    """Paper that knows the fonts for the words which may have to be written on it."""

    def __init__(
        self, words: str, *, margin: float, orientation: Literal["portrait", "landscape"] = "portrait", size: str = "A4"
    ) -> None:
        super().__init__(orientation=orientation, format=size)
        self.set_margin(margin)
        self.margin = margin
        fonts = letters_for(words + _ALWAYS)
        names = [one.path.stem.lower() for one in fonts]
        for name, font in zip(names, fonts, strict=True):
            self.add_font(name, fname=font.path)
            self.add_font(name, style="B", fname=font.bold)
        self.family, *others = names
        self.set_fallback_fonts(others, exact_match=False)
        self.known = frozenset[int]().union(*(one.has for one in fonts))
        self.set_text_shaping(any(_FIRST_JOINED <= one <= _LAST_JOINED for one in words))

    def look(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """How the next words look."""
        self.set_font(self.family, style="B" if bold else "", size=size)
        self.set_text_color(*colour)

    def sayable(self, words: str) -> str:
        """The words, with a mark for each letter that no font has."""
        return "".join(one if ord(one) in self.known else _UNKNOWN for one in words)

    def cut(self, words: str, width: float) -> str:
        """As many of the words as there is room for."""
        said = self.sayable(words)
        if self.get_string_width(said) <= width - 2:
            return said
        while said and self.get_string_width(f"{said}…") > width - 2:
            said = said[:-1]
        return f"{said}…"

    def rule(self) -> None:
        """A thin line across."""
        self.set_draw_color(*LINE)
        self.set_line_width(0.1)
        self.line(self.margin, self.get_y(), self.w - self.margin, self.get_y())

    def _render_styled_text_line(self, *args: Any, **kwargs: Any) -> bool:
        """A line of words, after which the next one names its font again.

        Where a line begins with a letter of another font, fpdf2 2.8 names the font inside what it takes back at the
        line's end, and yet keeps in mind that it stands: what followed had no font, or was garbled.
        """
        broke = super()._render_styled_text_line(*args, **kwargs)
        self.current_font_is_set_on_page = False
        return broke
