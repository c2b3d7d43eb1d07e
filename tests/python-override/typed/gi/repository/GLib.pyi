# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

class Error(RuntimeError):
    message: str
    domain: str
    code: int

class MainContext: ...
class Source: ...
