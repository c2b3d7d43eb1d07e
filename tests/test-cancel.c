/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * A wait that has ended while somebody cancels it: it does not come back before the handlers of the
 * cancellable have been called, one of which may be its own. The cancel comes at the worst moment, in
 * the middle of the function that disconnects it, where GLib lets it in.
 */

/* For RTLD_NEXT. */
#define _GNU_SOURCE

#include "test-util.h"

#include <dlfcn.h>

/* How long a handler takes at most, and somebody who lets it in. */
#define MOMENT_US 100000

static GCancellable *awaited; /* atomic; whose disconnecting is held up, or NULL */
static GThread      *canceller;
static int           is_let_in; /* atomic */
static int           is_back;   /* atomic */
static int           was_back;  /* atomic */

/* Looks for a moment whether it is so. */
static gboolean
becomes (int *flag)
{
  for (guint i = 0; i < MOMENT_US / 100 && !g_atomic_int_get (flag); i++)
    g_usleep (100);

  return g_atomic_int_get (flag);
}

/* The first of the handlers. */
static void
handler_cb (GCancellable *cancellable, gpointer data)
{
  g_atomic_int_set (&is_let_in, TRUE);
  if (becomes (&is_back))
    g_atomic_int_set (&was_back, TRUE);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* This stands before that of GObject. */
void
g_signal_handler_disconnect (gpointer instance, gulong handler)
{
  static void (*next) (gpointer, gulong);

  if (g_atomic_pointer_get (&next) == NULL)
    g_atomic_pointer_set (&next, dlsym (RTLD_NEXT, "g_signal_handler_disconnect"));

  if (instance == g_atomic_pointer_get (&awaited) &&
      g_atomic_pointer_compare_and_exchange (&awaited, instance, NULL))
    {
      canceller = g_thread_new ("canceller", cancel_thread, instance);
      /* Another GLib has it wait until this is over; then there is nothing to see. */
      if (!becomes (&is_let_in))
        g_atomic_int_set (&is_back, TRUE);
    }
  next (instance, handler);
}

static GCancellable *
begin (void)
{
  GCancellable *cancellable = g_cancellable_new ();

  g_atomic_int_set (&is_let_in, FALSE);
  g_atomic_int_set (&is_back, FALSE);
  g_atomic_int_set (&was_back, FALSE);
  g_signal_connect (cancellable, "cancelled", G_CALLBACK (handler_cb), NULL);
  g_atomic_pointer_set (&awaited, cancellable);

  return cancellable;
}

static void
end (GCancellable *cancellable)
{
  gboolean was_let_in = !g_atomic_int_get (&is_back);

  g_atomic_int_set (&is_back, TRUE);
  g_thread_join (canceller);
  g_assert_null (g_atomic_pointer_get (&awaited));
  if (was_let_in)
    g_assert_false (g_atomic_int_get (&was_back));
  g_object_unref (cancellable);
}

typedef struct
{
  TaEvent      *event;
  GCancellable *cancellable;
} Setter;

/* Sets the event when somebody waits for it: then there is a handler besides that which is blocked. */
static gpointer
set_thread (gpointer data)
{
  Setter *self = data;
  gint64  end_time = g_get_monotonic_time () + TEST_DEADLINE_US;
  guint   signal_id = g_signal_lookup ("cancelled", G_TYPE_CANCELLABLE);

  while (!g_signal_has_handler_pending (self->cancellable, signal_id, 0, FALSE))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_time);
      g_usleep (100);
    }
  g_signal_handlers_unblock_by_func (self->cancellable, handler_cb, NULL);
  ta_event_set (self->event);

  return NULL;
}

static void
test_blocked (void)
{
  g_autoptr (TaEvent) event = ta_event_new ();
  GCancellable       *cancellable = begin ();
  Setter              self = { event, cancellable };
  GThread            *setter;

  g_signal_handlers_block_by_func (cancellable, handler_cb, NULL);
  setter = g_thread_new ("setter", set_thread, &self);
  g_assert_true (ta_event_wait (event, TEST_DEADLINE_US, cancellable, NULL));
  g_thread_join (setter);
  end (cancellable);
}

static void
test_async (void)
{
  g_autoptr (TaEvent) event = ta_event_new ();
  GCancellable       *cancellable = begin ();
  TestResult          result;

  test_result_init (&result, NULL);
  TEST_OUTSIDE (
      &result, ta_event_wait_async (event, TEST_DEADLINE_US, cancellable, test_result_cb, &result));
  ta_event_set (event);
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  end (cancellable);
  g_assert_true (ta_event_wait_finish (event, result.result, NULL));
  test_result_clear (&result);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/cancel/at-the-end/blocked", test_blocked);
  test_add ("/cancel/at-the-end/async", test_async);

  return g_test_run ();
}
