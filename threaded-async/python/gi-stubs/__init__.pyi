# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# What every program calls before it imports the library, for those who have no other stubs of gi.

from typing import Dict, Optional

def require_version(namespace: str, version: str) -> None: ...
def require_versions(versions: Dict[str, str]) -> None: ...
def get_required_version(namespace: str) -> Optional[str]: ...
