/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-interrupt.h"
#include "ta-parker-private.h"

/**
 * ta_set_interruptible:
 * @interruptible: whether signals end the waits of this thread
 *
 * Says whether the waits that block the calling thread end when it has handled a signal of the
 * operating system, as read(2) does. They return %FALSE, or %NULL, then, as if they had failed, but
 * set no error.
 *
 * It is for bindings of languages that run the handlers of signals only when a call has returned:
 * these wait again when the handler has had nothing against it. There is no error because to make an
 * exception of it would run the handler, too. A signal whose handler was installed
 * with `SA_RESTART` ends no wait, and elsewhere than on Linux none does.
 *
 * Since: 1.0
 */
void
ta_set_interruptible (gboolean interruptible)
{
  ta_parker_set_interruptible (interruptible);
}
