/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-runner.h"

G_BEGIN_DECLS

gboolean ta_binding_check_class (TaRunner *self, GError **error);
gboolean ta_binding_check_func (TaRunner *self, TaCallFunc func, const char *call, GError **error);

G_END_DECLS
