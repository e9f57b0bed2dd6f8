"""Asks Windows, through user32, wtsapi32 and powrprof.

Written from Microsoft's documentation, not run on such a machine.
"""

import ctypes
import os
import sys
from ctypes import wintypes

from sundial.agent.core.sensing import CannotSee, Focused, Idled, Wanted
from sundial.agent.probes.counters import Totals, since_tick
from sundial.agent.probes.programs import program
from sundial.agent.probes.windows.raw import RawCounts
from sundial.agent.probes.windows.session import locked_in

assert sys.platform == "win32"

_user32 = ctypes.WinDLL("user32", use_last_error=True)
_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_wtsapi32 = ctypes.WinDLL("wtsapi32", use_last_error=True)
_powrprof = ctypes.WinDLL("powrprof")
_user32.GetForegroundWindow.restype = wintypes.HWND
_user32.CreateWindowExW.restype = wintypes.HWND
_user32.DefWindowProcW.argtypes = [wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM]
_user32.GetRawInputData.argtypes = [
    wintypes.HANDLE, wintypes.UINT, ctypes.c_void_p, ctypes.POINTER(wintypes.UINT), wintypes.UINT,
]  # fmt: skip
_kernel32.GetTickCount.restype = wintypes.DWORD

MESSAGE_ONLY = wintypes.HWND(-3)
WM_INPUT, PM_REMOVE = 0x00FF, 0x0001
RID_INPUT, RIDEV_REMOVE, RIDEV_INPUTSINK = 0x10000003, 0x0001, 0x0100
DESKTOP_PAGE, MOUSE_USAGE, KEYBOARD_USAGE = 0x01, 0x02, 0x06
SESSION_INFO_EX, CURRENT_SESSION = 25, 0xFFFFFFFF
EXECUTION_STATE, DISPLAY_REQUIRED = 16, 0x00000002
LONGEST_TITLE = 1024
POINTER = ctypes.sizeof(ctypes.c_void_p)
HEADER = 8 + 2 * POINTER


class _LastInput(ctypes.Structure):
    _fields_ = (("cbSize", wintypes.UINT), ("dwTime", wintypes.DWORD))


class _RawDevice(ctypes.Structure):
    _fields_ = (
        ("usUsagePage", wintypes.USHORT),
        ("usUsage", wintypes.USHORT),
        ("dwFlags", wintypes.DWORD),
        ("hwndTarget", wintypes.HWND),
    )


class Windows:
    """Everything is called in one thread: raw input belongs to the thread that asked for it."""

    def __init__(self) -> None:
        self._counts = RawCounts()
        self._usages: list[int] = []
        self._target: int | None = None
        self._packet = ctypes.create_string_buffer(256)

    def open(self, wanted: Wanted) -> None:
        self._usages = [MOUSE_USAGE] * wanted.mouse + [KEYBOARD_USAGE] * wanted.keyboard
        if not self._usages:
            return
        self._target = _user32.CreateWindowExW(0, "STATIC", None, 0, 0, 0, 0, 0, MESSAGE_ONLY, None, None, None)
        if not self._target or not self._register(RIDEV_INPUTSINK, self._target):
            raise CannotSee("Windows does not let input be counted.")

    def close(self) -> None:
        if self._target:
            self._register(RIDEV_REMOVE, None)
            _user32.DestroyWindow(wintypes.HWND(self._target))
            self._target = None

    def _register(self, flags: int, target: int | None) -> bool:
        devices = (_RawDevice * len(self._usages))()
        for device, usage in zip(devices, self._usages, strict=True):
            device.usUsagePage, device.usUsage, device.dwFlags, device.hwndTarget = DESKTOP_PAGE, usage, flags, target
        return bool(_user32.RegisterRawInputDevices(devices, len(self._usages), ctypes.sizeof(_RawDevice)))

    def focused(self) -> Focused:
        window = _user32.GetForegroundWindow()
        if not window:
            return Focused("")
        owner = wintypes.DWORD()
        _user32.GetWindowThreadProcessId(wintypes.HWND(window), ctypes.byref(owner))
        if owner.value == os.getpid():
            return Focused("", pid=owner.value)
        title = ctypes.create_unicode_buffer(LONGEST_TITLE)
        _user32.GetWindowTextW(wintypes.HWND(window), title, LONGEST_TITLE)
        name, exe = program(owner.value)
        return Focused(name or "Unknown", title.value, exe, owner.value)

    def idle(self) -> Idled:
        last = _LastInput(cbSize=ctypes.sizeof(_LastInput))
        if not _user32.GetLastInputInfo(ctypes.byref(last)):
            return Idled(0.0)
        return Idled(since_tick(_kernel32.GetTickCount(), last.dwTime), self._display_required())

    def _display_required(self) -> bool:
        """A video or a call asks that the display stays on."""
        state = wintypes.ULONG()
        failed = _powrprof.CallNtPowerInformation(EXECUTION_STATE, None, 0, ctypes.byref(state), ctypes.sizeof(state))
        return not failed and bool(state.value & DISPLAY_REQUIRED)

    def locked(self) -> bool:
        buffer, size = ctypes.c_void_p(), wintypes.DWORD()
        if not _wtsapi32.WTSQuerySessionInformationW(
            None, CURRENT_SESSION, SESSION_INFO_EX, ctypes.byref(buffer), ctypes.byref(size)
        ):
            return False
        try:
            return locked_in(ctypes.string_at(buffer.value or 0, size.value))
        finally:
            _wtsapi32.WTSFreeMemory(buffer)

    def totals(self) -> Totals:
        """Takes what has come in since the last time."""
        message = wintypes.MSG()
        while _user32.PeekMessageW(ctypes.byref(message), None, 0, 0, PM_REMOVE):
            if message.message == WM_INPUT:
                self._take(message.lParam)
            _user32.DefWindowProcW(message.hWnd, message.message, message.wParam, message.lParam)
        return self._counts.totals()

    def _take(self, handle: int) -> None:
        size = wintypes.UINT(len(self._packet))
        got = _user32.GetRawInputData(handle, RID_INPUT, self._packet, ctypes.byref(size), HEADER)
        if 0 < got <= len(self._packet):
            self._counts.take(self._packet.raw[:got], POINTER)
        ctypes.memset(self._packet, 0, len(self._packet))

    def pointer(self) -> tuple[int, int]:
        at = wintypes.POINT()
        _user32.GetCursorPos(ctypes.byref(at))
        return at.x, at.y
