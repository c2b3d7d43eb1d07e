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
 * TA_ERROR:
 *
 * The error domain of this library. Errors in it have codes from [error@Error].
 *
 * A wait that was cancelled, timed out or would have to wait fails in `G_IO_ERROR` instead, with
 * the same codes as everywhere in GIO: `G_IO_ERROR_CANCELLED`, `G_IO_ERROR_TIMED_OUT` and
 * `G_IO_ERROR_WOULD_BLOCK`.
 *
 * Since: 1.0
 */
#define TA_ERROR (ta_error_quark ())

/**
 * TaError:
 * @TA_ERROR_FAILED: the work failed, and no other code says how
 * @TA_ERROR_CLOSED: the queue has been closed
 * @TA_ERROR_DROPPED: whoever was to deliver the result let go of it
 * @TA_ERROR_WOULD_DEADLOCK: the call would have waited for the thread that made it
 * @TA_ERROR_NOT_RUNNING: the runner has not been started, or stops, or has stopped
 * @TA_ERROR_ALREADY_DONE: what can be done once only has been done before
 * @TA_ERROR_WRONG_TYPE: a value has another type than the one asked for
 * @TA_ERROR_WRONG_THREAD: the call can't be made from this thread
 * @TA_ERROR_TASKS_FAILED: tasks failed whose errors nobody had collected
 * @TA_ERROR_UNHANDLED: nobody handled the request
 * @TA_ERROR_FORKED: the process is a fork of the one that the object belongs to
 *
 * The errors that are this library's own.
 *
 * Since: 1.0
 */
typedef enum
{
  TA_ERROR_FAILED,
  TA_ERROR_CLOSED,
  TA_ERROR_DROPPED,
  TA_ERROR_WOULD_DEADLOCK,
  TA_ERROR_NOT_RUNNING,
  TA_ERROR_ALREADY_DONE,
  TA_ERROR_WRONG_TYPE,
  TA_ERROR_WRONG_THREAD,
  TA_ERROR_TASKS_FAILED,
  TA_ERROR_UNHANDLED,
  TA_ERROR_FORKED,
} TaError;

TA_AVAILABLE_IN_1_0
GQuark ta_error_quark (void);

G_END_DECLS
