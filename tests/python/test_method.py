# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Methods that block, called on a runner by their names."""

import gi
import pytest
from gi.repository import Gio, GLib, ThreadedAsync
from support import LONG, main_loop

gi.require_version("TaProbe", "1")

from gi.repository import TaProbe  # noqa: E402


def call(runner, target, method, *args):
    """What the method returned, in the end."""
    outcomes = []

    def on_called(_source, result):
        try:
            outcomes.append((runner.call_method_finish(result)[1], None))
        except GLib.Error as error:
            outcomes.append((None, error))

    runner.call_method_async(target, method, args, LONG, None, on_called)
    assert not outcomes
    main_loop(lambda: outcomes)
    ((value, error),) = outcomes
    if error is not None:
        raise error
    return value


def test_function(runner):
    checksum = call(runner, "GLib", "compute_checksum_for_bytes", 2, GLib.Bytes.new(b"abc"))
    assert checksum == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_method_with_several_results(runner):
    process = call(runner, "Gio.Subprocess", "new", GLib.Variant("as", ["cat"]), 3)
    assert isinstance(process, Gio.Subprocess)
    assert call(runner, process, "communicate_utf8", "lost") == [None, None]


def test_constructor(runner):
    action = call(runner, "Gio.SimpleAction", "new", "name", GLib.VariantType.new("s"))
    assert action.get_name() == "name"


def test_error(runner):
    with pytest.raises(GLib.Error) as info:
        call(runner, Gio.File.new_for_path("/nowhere"), "load_bytes")
    assert info.value.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND)


def test_refusals(runner):
    with pytest.raises(GLib.Error, match="func.*callback") as info:
        call(runner, "TaProbe", "callback")
    assert info.value.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_SUPPORTED)
    with pytest.raises(GLib.Error, match="number") as info:
        call(runner, "TaProbe", "int8", 300)
    assert info.value.matches(ThreadedAsync.error_quark(), ThreadedAsync.Error.WRONG_TYPE)
    assert TaProbe.get_n_forbidden() == 0
