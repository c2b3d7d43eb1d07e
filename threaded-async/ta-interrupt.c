/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-interrupt.h"
#include "ta-parker-private.h"

/**
 * ta_set_interrupt_func: (skip)
 * @func: (nullable): what to call when a wait takes long, or %NULL
 *
 * Has the waits that block the calling thread end early when there is something to read from a
 * descriptor, which @func gets. They return %FALSE, or %NULL, then, as if they had failed, but set no
 * error. Only [method@Server.process] may have handled a request by then, and returns %TRUE: the binding
 * goes on with ta_server_await_rest().
 *
 * It is for bindings of languages that run the handlers of signals only when a call has returned. When
 * a wait has lasted for 10 ms, or the thread has handled a signal, @func is called once, in the thread
 * and while it waits. It must not run those handlers, which may wait themselves, or do what ends the
 * wait. The binding has the handler of the operating system write to a pipe, runs what has come before
 * that while the thread does not wait, and gives the pipe to the wait: so no signal is missed, whichever
 * thread it comes to. When the handler of the language has had nothing against it the binding waits
 * again. There is no error because to make an exception of it would run the handler, too.
 *
 * Nothing is read from the descriptor. [signal@Server::handle-request] is emitted without @func.
 * Elsewhere than on Linux no wait ends by this.
 *
 * Returns: (nullable): what was set before
 *
 * Since: 1.0
 */
TaInterruptFunc
ta_set_interrupt_func (TaInterruptFunc func)
{
  ta_parker_forget_interrupted ();

  return ta_parker_set_interrupt_func (func);
}

/**
 * ta_was_interrupted: (skip)
 *
 * Says whether a wait of the calling thread has ended in that way since [func@set_interrupt_func] was
 * called last. It tells that from a call whose result is %FALSE for another reason.
 *
 * Returns: whether one has
 *
 * Since: 1.0
 */
gboolean
ta_was_interrupted (void)
{
  return ta_parker_was_interrupted ();
}
