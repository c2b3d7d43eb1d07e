# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

from typing import Any, Callable

class GType: ...

class Object:
    props: Any
    def connect(self, detailed_signal: str, handler: Callable[..., Any], *args: Any) -> int: ...
    def bind_property(self, source: str, target: Object, name: str, flags: int = ...) -> Any: ...
