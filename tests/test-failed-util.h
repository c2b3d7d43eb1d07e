/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/* What is done with tasks that fail, and what comes of it. */
void    test_failed_fail_func (TaTask *task, gpointer name);
void    test_failed_succeed_func (TaTask *task, gpointer data);
TaTask *test_failed_fail (TaRunner *runner, const char *name);
void    test_failed_fail_and_forget (TaRunner *runner, const char *name);
void    test_failed_settle (TaRunner *runner);
void    test_failed_check_stop (TaRunner *runner, guint n_failed, const char *text);
void    test_failed_check_none (TaRunner *runner);

G_END_DECLS
