# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# A small part of what the stubs of PyGObject have: see test_stubs.py.

def require_version(namespace: str, version: str) -> None: ...
