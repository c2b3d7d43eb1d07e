/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-future-private.h"
#include "ta-promise.h"

G_BEGIN_DECLS

/*
 * The promise's reference on its future is shared: each holder that is counted in `holds` may use
 * it. The promise itself is one until it returns, and get_future() is one for a moment, so that it
 * need not take a reference under a lock: to ref an object may run the code of a binding.
 */
#define TA_PROMISE_RETURNED (1 << 30)

struct _TaPromise
{
  int       ref_count; /* atomic */
  int       holds;  /* atomic: how many use the future; TA_PROMISE_RETURNED once the promise has */
  TaFuture *future; /* const; valid for holders, owned by all of them together */
  GCancellable *cancellable; /* atomic; owned; set once, when somebody asks */
};

TaPromise *ta_promise_new_for_future (TaFuture *future);

/* For the functions that end it. */
gboolean ta_promise_hold (TaPromise *self);
void     ta_promise_release (TaPromise *self);
gboolean ta_promise_begin_return (TaPromise *self);

G_END_DECLS
