# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The parts of the override of ThreadedAsync; none of them is for use by others."""
