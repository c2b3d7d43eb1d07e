/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(TA_INSIDE) && !defined(TA_COMPILATION)
#error "Only <threaded-async.h> can be included directly."
#endif

#include <glib.h>

G_BEGIN_DECLS

/**
 * TA_TIMEOUT_INFINITE:
 *
 * The timeout of a wait that may last for ever.
 *
 * Since: 1.0
 */
#define TA_TIMEOUT_INFINITE (G_GINT64_CONSTANT (-1))

/**
 * TA_TIMEOUT_DEFAULT:
 *
 * The timeout that stands for the default of the runner concerned: its
 * [property@Runner:exit-timeout] when it is stopped, its [property@Runner:default-timeout] for
 * everything else.
 *
 * Only calls on a runner, a task, a client or a server take it; elsewhere it is an invalid argument.
 *
 * Since: 1.0
 */
#define TA_TIMEOUT_DEFAULT (G_GINT64_CONSTANT (-2))

G_END_DECLS
