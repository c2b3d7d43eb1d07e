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

/**
 * TaInterruptFunc: (skip)
 *
 * What a thread calls that has to wait for long: see [func@set_interrupt_func].
 *
 * Returns: a descriptor that can be read when the thread is not to wait any longer; or -1 if it is not
 *   to wait at all
 *
 * Since: 1.0
 */
typedef int (*TaInterruptFunc) (void);

TA_AVAILABLE_IN_1_0
TaInterruptFunc ta_set_interrupt_func (TaInterruptFunc func);

TA_AVAILABLE_IN_1_0
gboolean ta_was_interrupted (void);

G_END_DECLS
