/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * timeout: a wait that does not take for ever, and the result that comes after all.
 */

#include <stdlib.h>

#include <threaded-async.h>

static void
wait_for_answer (TaFuture *answer)
{
  g_auto (GValue)    value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  gint64             number;

  if (ta_future_wait (answer, &value, G_USEC_PER_SEC / 20, NULL, &error) &&
      ta_value_take_int (&value, &number, &error))
    g_print ("The answer is %" G_GINT64_FORMAT "\n", number);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_print ("There is no answer yet\n");
  else
    g_printerr ("There will be no answer: %s\n", error->message);
}

int
main (void)
{
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  answer = ta_promise_get_future (promise);

  wait_for_answer (answer);
  ta_promise_return_int (promise, 42);
  wait_for_answer (answer);

  return EXIT_SUCCESS;
}
