# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Chooses who does the hot calls: the extension in C, where it is there, or PyGObject.

With the environment variable TA_PYTHON_PURE it is always PyGObject.
"""

import os

from . import pure

native = None
if not os.environ.get("TA_PYTHON_PURE"):
    try:
        from gi.overrides import _threadedasync_native as native
    except ImportError:
        pass

EMPTY = pure.EMPTY

_chosen = native or pure
take = _chosen.take
try_take = _chosen.try_take
put = _chosen.put
try_put = _chosen.try_put
put_reserved = _chosen.put_reserved
return_value = _chosen.return_value
process = _chosen.process
is_done = _chosen.is_done
unboxed = _chosen.unboxed
