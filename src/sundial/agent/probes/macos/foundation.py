"""As much of CoreFoundation as reading answers takes. Written from Apple's documentation, not run on such a machine."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

assert sys.platform == "darwin"

Ref = ctypes.c_void_p
UTF8, INT64 = 0x08000100, 4

_cf = ctypes.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
_cf.CFStringCreateWithCString.restype = Ref
_cf.CFStringCreateWithCString.argtypes = [Ref, ctypes.c_char_p, ctypes.c_uint32]
_cf.CFStringGetCString.restype = ctypes.c_bool
_cf.CFStringGetCString.argtypes = [Ref, ctypes.c_char_p, ctypes.c_long, ctypes.c_uint32]
_cf.CFDictionaryGetValue.restype = Ref
_cf.CFDictionaryGetValue.argtypes = [Ref, Ref]
_cf.CFArrayGetCount.restype = ctypes.c_long
_cf.CFArrayGetCount.argtypes = [Ref]
_cf.CFArrayGetValueAtIndex.restype = Ref
_cf.CFArrayGetValueAtIndex.argtypes = [Ref, ctypes.c_long]
_cf.CFNumberGetValue.restype = ctypes.c_bool
_cf.CFNumberGetValue.argtypes = [Ref, ctypes.c_long, ctypes.c_void_p]
_cf.CFBooleanGetValue.restype = ctypes.c_bool
_cf.CFBooleanGetValue.argtypes = [Ref]
_cf.CFRelease.restype = None
_cf.CFRelease.argtypes = [Ref]

LONGEST = 4096


@contextmanager
def owned(reference: int | None) -> Iterator[int | None]:
    """What a function with Create or Copy in its name gave is ours to release."""
    try:
        yield reference
    finally:
        if reference:
            _cf.CFRelease(reference)


def entries(array: int | None) -> Iterator[int]:
    for index in range(_cf.CFArrayGetCount(array) if array else 0):
        yield _cf.CFArrayGetValueAtIndex(array, index)


def value(dictionary: int | None, key: str) -> int | None:
    if not dictionary:
        return None
    with owned(_cf.CFStringCreateWithCString(None, key.encode(), UTF8)) as name:
        found: int | None = _cf.CFDictionaryGetValue(dictionary, name)
        return found


def text(reference: int | None) -> str:
    buffer = ctypes.create_string_buffer(LONGEST)
    if not reference or not _cf.CFStringGetCString(reference, buffer, LONGEST, UTF8):
        return ""
    return buffer.value.decode("utf-8", "replace")


def number(reference: int | None) -> int:
    held = ctypes.c_int64()
    if not reference or not _cf.CFNumberGetValue(reference, INT64, ctypes.byref(held)):
        return 0
    return held.value


def true(reference: int | None) -> bool:
    return bool(reference and _cf.CFBooleanGetValue(reference))
