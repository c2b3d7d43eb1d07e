# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How Python's objects travel.

What is not the same object everywhere travels in a box, which holds the object itself, and beside
it, where there is one, the plain value that other languages see.
"""

from gi.repository import GLib, GObject

from . import raw

_Box = raw.ThreadedAsync.Box


class Foreign:
    """Any object, for a GValue: PyGObject keeps it as it is because of the type."""

    __gtype__ = GObject.TYPE_PYOBJECT
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def _plain(value):
    """What other languages see, or None if there is nothing that they could."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if isinstance(value, (GObject.GEnum, GObject.GFlags)):
            return value
        if -(2**31) <= value < 2**31:
            return int(value)
        if -(2**63) <= value < 2**63:
            return GObject.Value(GObject.TYPE_INT64, int(value))
        return None
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
        return None if "\0" in value else str(value)
    if isinstance(value, (GObject.GBoxed, GLib.Variant)):
        return value
    return None


def boxed(value, item_type=None):
    """What to give the library for a value."""
    if value is None or isinstance(value, (GObject.Object, GObject.Value, _Box)):
        return value
    if item_type is None:
        if value is True or value is False:
            return value
        if type(value) is int and -5 <= value <= 256:
            # CPython has one object for each of them.
            return value

    plain = _plain(value)
    if item_type is not None:
        if plain is not None:
            plain = _converted(plain, item_type)
        elif isinstance(value, int):
            plain = _converted(int(value), item_type)
            plain = plain if isinstance(plain, GObject.Value) else None
    return _Box.new(Foreign(value), plain, None)


# What PyGObject would make a number or a truth value of.
_NEEDED = {
    GObject.TYPE_BOOLEAN: bool,
    **dict.fromkeys(
        (
            GObject.TYPE_CHAR,
            GObject.TYPE_UCHAR,
            GObject.TYPE_INT,
            GObject.TYPE_UINT,
            GObject.TYPE_LONG,
            GObject.TYPE_ULONG,
            GObject.TYPE_INT64,
            GObject.TYPE_UINT64,
        ),
        int,
    ),
}


def _converted(plain, item_type):
    """The plain value in the only type that a queue takes, if it can be."""
    value = plain.get_value() if isinstance(plain, GObject.Value) else plain
    if isinstance(value, _NEEDED.get(item_type, object)):
        try:
            return GObject.Value(item_type, value)
        except (TypeError, ValueError, OverflowError):
            pass
    return plain


def unboxed(box):
    """What was in a box."""
    found, value = box.get_foreign()
    if found and type(value) is Foreign:
        return value.value
    found, value = box.get_plain()
    if found:
        return value.value if type(value) is Foreign else value
    # That of another language.
    return box if box.get_foreign()[0] else None
