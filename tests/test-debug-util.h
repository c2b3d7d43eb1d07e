/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

void  test_check_has (const char *text, const char *part);
char *test_run_with_debug (const char *value, const char *path);

G_END_DECLS
