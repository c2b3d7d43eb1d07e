/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include "ta-types.h"

G_BEGIN_DECLS

TA_AVAILABLE_IN_1_0
char *ta_debug_dup_tasks (void);

G_END_DECLS
