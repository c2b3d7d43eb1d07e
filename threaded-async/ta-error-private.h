/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-box.h"
#include "ta-error.h"

G_BEGIN_DECLS

GError *ta_error_new_foreign (TaError code, const char *message, TaBox *foreign);
TaBox  *ta_error_steal_foreign (GError *error, GType type);

G_END_DECLS
