/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/* The time of a stop that meets a loop which is stuck. */
#define TEST_STUCK_TIMEOUT_US (G_GINT64_CONSTANT (500) * 1000)

gboolean test_check_forced (TaRunner *runner, gboolean stopped, GError **error);
void     test_until_in_time (gboolean (*func) (void));

G_END_DECLS
