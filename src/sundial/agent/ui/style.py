"""How the window looks: the tokens of the web pages, light and dark, and the sheet that is made of them."""

from dataclasses import dataclass
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

PREFERRED = ("Inter Variable", "Inter", "Noto Sans", "Open Sans", "Liberation Sans")
# What a desktop without a font of its own falls back to; anything else is the person's choice and stays.
BARE = frozenset({"", "Sans Serif", "Sans", "DejaVu Sans", "Bitstream Vera Sans"})
USUAL_PIXELS = 13


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of web/src/styles/tokens.css, by the same names."""

    canvas: str
    paper: str
    sunken: str
    hover: str
    ink: str
    muted: str
    line: str
    line_strong: str
    line_field: str
    accent: str
    accent_press: str
    on_accent: str
    accent_text: str
    accent_wash: str
    good: str
    good_text: str
    caution: str
    caution_text: str
    caution_wash: str
    bad: str
    bad_text: str
    bad_wash: str
    quiet: str
    quiet_wash: str
    hues: tuple[str, ...]


LIGHT = Tokens(
    canvas="#f7f5f1",
    paper="#ffffff",
    sunken="#f1eee8",
    hover="#f5f2ec",
    ink="#1c1a17",
    muted="#635d54",
    line="#e8e3da",
    line_strong="#d3ccc0",
    line_field="#958d80",
    accent="#f4a825",
    accent_press="#e2950c",
    on_accent="#2a1a00",
    accent_text="#8a5200",
    accent_wash="#fdf1da",
    good="#2b9a5e",
    good_text="#1b6a3f",
    caution="#c9820a",
    caution_text="#7f4f04",
    caution_wash="#fbf0d9",
    bad="#cf3f36",
    bad_text="#a92b23",
    bad_wash="#fcebe9",
    quiet="#8f877a",
    quiet_wash="#efebe4",
    hues=("#3f72b8", "#2c8c80", "#875cae", "#bd5577", "#648836", "#a9623a", "#4a869e", "#6a63b8"),
)
DARK = Tokens(
    canvas="#12110f",
    paper="#1a1816",
    sunken="#151311",
    hover="#24211e",
    ink="#efebe4",
    muted="#a9a197",
    line="#2d2a26",
    line_strong="#423d37",
    line_field="#756d63",
    accent="#f5b041",
    accent_press="#e59f2c",
    on_accent="#2a1a00",
    accent_text="#f5b95c",
    accent_wash="#33270f",
    good="#46b97e",
    good_text="#78d3a2",
    caution="#dc9d35",
    caution_text="#edba68",
    caution_wash="#302411",
    bad="#ec6a60",
    bad_text="#ff9a91",
    bad_wash="#351915",
    quiet="#857c71",
    quiet_wash="#2a2723",
    hues=("#7aa7e6", "#5cc0b2", "#b996dc", "#e48ca8", "#9fc26e", "#dd996f", "#88c0d6", "#a39df0"),
)

SHEET = Template("""
* { font-size: ${t2}px; color: $ink; }
QWidget#window, QWidget#page, QWidget#connect, QWidget#starting { background: $canvas; }
QScrollArea { background: $canvas; border: none; }
QLabel { background: transparent; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="small"] { color: $muted; font-size: ${t1}px; }
QLabel[tone="bad"] { color: $bad_text; font-size: ${t1}px; }
QLabel[tone="heading"] { font-size: ${t3}px; font-weight: 600; }
QLabel[tone="title"] { font-size: ${t4}px; font-weight: 600; }
QLabel[tone="strong"] { font-weight: 600; }
QLabel[tone="section"] { color: $muted; font-size: ${t1}px; font-weight: 600; }
QLabel[tone="figure"] { font-size: ${t6}px; font-weight: 600; }
QFrame#header { background: $paper; border: none; border-bottom: 1px solid $line; }
QFrame#footer { background: $canvas; border: none; border-top: 1px solid $line; }
QFrame[role="card"] { background: $paper; border: 1px solid $line; border-radius: 8px; }
QFrame[role="card"][tint="accent"] { border: 1px solid $accent; }
QFrame[role="card"][tint="note"] { background: $accent_wash; border: 1px solid $accent_wash; }
QFrame[role="card"][tint="caution"] { background: $caution_wash; border: 1px solid $caution_wash; }
QFrame[role="card"][tint="bad"] { background: $bad_wash; border: 1px solid $bad_wash; }
QFrame[role="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QLabel[role="dot"] { min-width: 8px; max-width: 8px; min-height: 8px; max-height: 8px; border-radius: 4px; }
QLabel[role="dot"][state="live"] { background: $accent; }
QLabel[role="dot"][state="good"] { background: $good; }
QLabel[role="dot"][state="caution"] { background: $caution; }
QLabel[role="dot"][state="bad"] { background: $bad; }
QLabel[role="dot"][state="quiet"], QLabel[role="dot"][state="ready"] { background: $quiet; }
QLabel[role="dot"][state="waiting"] { background: transparent; border: 2px solid $caution;
  min-width: 4px; max-width: 4px; min-height: 4px; max-height: 4px; }
QLabel[role="dot"][state="off"] { background: transparent; border: 1px solid $quiet;
  min-width: 6px; max-width: 6px; min-height: 6px; max-height: 6px; }
QPushButton { background: $paper; border: 1px solid $line_strong; border-radius: 6px; padding: 0 14px;
  min-height: ${control}px; font-weight: 600; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $sunken; }
QPushButton:focus { border: 2px solid $ink; padding: 0 13px; min-height: ${control_focused}px; }
QPushButton:disabled { color: $quiet; background: $sunken; border-color: $line; }
QPushButton[look="primary"] { background: $accent; border: 1px solid $accent; color: $on_accent; }
QPushButton[look="primary"]:hover, QPushButton[look="primary"]:pressed { background: $accent_press; }
QPushButton[look="primary"]:focus { border: 2px solid $ink; }
QPushButton[look="primary"]:disabled { background: $sunken; border-color: $line; color: $quiet; }
QPushButton[look="segment"] { background: transparent; border: 1px solid transparent; color: $muted; }
QPushButton[look="segment"]:checked { background: $paper; border: 1px solid $line_strong; color: $ink; }
QPushButton[look="segment"]:focus { border: 2px solid $ink; padding: 0 13px; }
QFrame[role="segments"] { background: $quiet_wash; border: none; border-radius: 8px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; color: $muted;
  font-weight: 600; }
QToolButton:hover { background: $hover; color: $ink; }
QToolButton:focus { border: 2px solid $ink; padding: 3px; }
QToolButton::menu-indicator { image: none; }
QLineEdit { background: $paper; border: 1px solid $line_field; border-radius: 6px; padding: 0 10px;
  min-height: ${control}px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus { border: 2px solid $ink; padding: 0 9px; min-height: ${control_focused}px; }
QLineEdit:disabled { background: $sunken; color: $muted; }
QLineEdit[wrong="true"] { border: 2px solid $bad; padding: 0 9px; min-height: ${control_focused}px; }
QComboBox { background: $paper; border: 1px solid $line_field; border-radius: 6px; padding: 0 12px;
  min-height: ${control}px; }
QComboBox:focus { border: 2px solid $ink; padding: 0 11px; min-height: ${control_focused}px; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $paper; border: 1px solid $line_strong; padding: 4px; outline: none;
  selection-background-color: $hover; selection-color: $ink; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 6px; }
QMenu { background: $paper; border: 1px solid $line_strong; border-radius: 8px; padding: 4px; }
QMenu::item { padding: 6px 20px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $quiet; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolTip { background: $ink; color: $paper; border: none; padding: 4px 6px; font-size: ${t1}px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line_strong; border-radius: 3px; min-height: 32px; margin: 2px; }
QScrollBar::handle:vertical:hover { background: $line_field; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; height: 0; }
""")


class Look(QObject):
    """The look of the program, following the system; what paints itself asks here and hears of a change."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.tokens = LIGHT
        app.setStyle("Fusion")
        app.setFont(_font())
        # Nothing here moves, whatever the system wishes.
        for effect in (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_FadeTooltip):
            app.setEffectEnabled(effect, False)
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow(app.styleHints().colorScheme())

    def wear(self, tokens: Tokens) -> None:
        """Put these colours on everything."""
        self.tokens = tokens
        self._app.setPalette(_palette(tokens))
        self._app.setStyleSheet(sheet(tokens))
        self.changed.emit()

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self.wear(DARK if scheme == Qt.ColorScheme.Dark else LIGHT)


def sheet(tokens: Tokens) -> str:
    """The style sheet in these colours, sized by the system's own text."""
    ratio = min(max(QFontInfo(QApplication.font()).pixelSize() / USUAL_PIXELS, 1), 2)
    sizes = {"t1": 12, "t2": 14, "t3": 16, "t4": 20, "t6": 40, "control": 34, "control_focused": 32}
    colours = {name: getattr(tokens, name) for name in Tokens.__slots__}
    return SHEET.substitute(colours, **{name: round(size * ratio) for name, size in sizes.items()})


def tabular(font: QFont) -> QFont:
    """The font with figures that are all equally wide, so that a running time does not tremble."""
    same = QFont(font)
    same.setFeature(QFont.Tag("tnum"), 1)
    return same


def _font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if QFontInfo(font).family() in BARE or font.family() in BARE:
        known = set(QFontDatabase.families())
        font.setFamilies([name for name in PREFERRED if name in known] + [font.family()])
    return tabular(font)


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.canvas,
        QPalette.ColorRole.WindowText: tokens.ink,
        QPalette.ColorRole.Base: tokens.paper,
        QPalette.ColorRole.AlternateBase: tokens.sunken,
        QPalette.ColorRole.Text: tokens.ink,
        QPalette.ColorRole.Button: tokens.paper,
        QPalette.ColorRole.ButtonText: tokens.ink,
        QPalette.ColorRole.PlaceholderText: tokens.quiet,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.ToolTipBase: tokens.ink,
        QPalette.ColorRole.ToolTipText: tokens.paper,
        QPalette.ColorRole.Link: tokens.accent_text,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    return palette
