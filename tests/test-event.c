/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-party.h"

#define SHORT_US 2000

static void
test_set_and_clear (void)
{
  g_autoptr (TaEvent) event = ta_event_new ();
  g_autoptr (GError)  error = NULL;
  gboolean            is_set = TRUE;

  g_assert_false (ta_event_get_is_set (event));
  g_object_get (event, "is-set", &is_set, NULL);
  g_assert_false (is_set);
  g_assert_false (ta_event_try_wait (event, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_false (ta_event_wait (event, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (ta_event_try_wait (event, NULL));
  g_assert_false (ta_event_wait (event, 0, NULL, NULL));

  /* It stays set, however often it is set and waited for. */
  for (guint i = 0; i < 2; i++)
    {
      ta_event_set (event);
      g_assert_true (ta_event_get_is_set (event));
      g_object_get (event, "is-set", &is_set, NULL);
      g_assert_true (is_set);
      g_assert_true (ta_event_try_wait (event, &error));
      g_assert_true (ta_event_wait (event, 0, NULL, &error));
      g_assert_true (ta_event_wait (event, TA_TIMEOUT_INFINITE, NULL, &error));
      g_assert_no_error (error);
    }

  for (guint i = 0; i < 2; i++)
    {
      ta_event_clear (event);
      g_assert_false (ta_event_get_is_set (event));
      g_assert_false (ta_event_try_wait (event, NULL));
    }
}

static void
test_properties (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TaEvent)      given = g_object_new (TA_TYPE_EVENT, "main-context", context, NULL);
  g_autoptr (TaEvent)      plain = ta_event_new ();
  g_autoptr (TaEvent)      pushed = NULL;
  g_autoptr (GMainContext) got = NULL;
  g_autofree GParamSpec  **pspecs = NULL;
  guint                    n_pspecs = 0;

  g_main_context_push_thread_default (context);
  pushed = ta_event_new ();
  g_main_context_pop_thread_default (context);
  g_assert_true (ta_event_get_main_context (given) == context);
  g_assert_true (ta_event_get_main_context (pushed) == context);
  g_assert_true (ta_event_get_main_context (plain) == g_main_context_default ());
  g_object_get (given, "main-context", &got, NULL);
  g_assert_true (got == context);

  /* A g_object_set() in a thread would notify there, so there is nothing that it could set. */
  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (plain), &n_pspecs);
  g_assert_cmpuint (n_pspecs, ==, 2);
  for (guint i = 0; i < n_pspecs; i++)
    {
      g_assert_true (pspecs[i]->flags & G_PARAM_READABLE);
      g_assert_true (pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY ||
                     !(pspecs[i]->flags & G_PARAM_WRITABLE));
    }
}

/* The error of a wait that fails, of which both forms agree. */
static GError *
fail_to_wait (TaEvent *event, gint64 timeout_us, GCancellable *cancellable)
{
  GError            *error = NULL;
  g_autoptr (GError) async_error = NULL;
  TestResult         result;

  g_assert_false (ta_event_wait (event, timeout_us, cancellable, &error));
  g_assert_false (ta_event_wait (event, timeout_us, cancellable, NULL));

  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result,
                ta_event_wait_async (event, timeout_us, cancellable, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  g_assert_true (result.source == G_OBJECT (event));
  g_assert_false (ta_event_wait_finish (event, result.result, &async_error));
  g_assert_false (ta_event_wait_finish (event, result.result, NULL));
  test_result_clear (&result);

  g_assert_nonnull (error);
  g_assert_error (async_error, error->domain, error->code);

  return error;
}

static void
test_errors (void)
{
  static const gint64      timeouts[] = { TA_TIMEOUT_DEFAULT, -3, G_MININT32, G_MININT64 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TaEvent)      event = ta_event_new ();
  g_autoptr (GError)       error = fail_to_wait (event, 0, NULL);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  error = fail_to_wait (event, SHORT_US, NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  test_assert_message_has (error, "0.002");
  test_assert_message_has (error, "event");

  /* What was wrong or cancelled before fails, whether it would have had to wait or not. */
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < 2; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (timeouts); j++)
        {
          g_clear_error (&error);
          error = fail_to_wait (event, timeouts[j], NULL);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
        }
      g_clear_error (&error);
      error = fail_to_wait (event, TA_TIMEOUT_INFINITE, cancellable);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      ta_event_set (event);
    }
}

static void
test_bad_input (void)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (TaEvent) event = ta_event_new ();
  g_autoptr (TaEvent) other = ta_event_new ();
  TaEvent            *none[] = { NULL, (TaEvent *) object };
  TestResult          result;

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      for (guint n = 0; n < 6; n++)
        test_expect_critical ("*TA_IS_EVENT*");
      ta_event_set (none[i]);
      ta_event_clear (none[i]);
      g_assert_false (ta_event_get_is_set (none[i]));
      g_assert_false (ta_event_try_wait (none[i], NULL));
      g_assert_false (ta_event_wait (none[i], 0, NULL, NULL));
      ta_event_wait_async (none[i], 0, NULL, NULL, NULL);
      g_test_assert_expected_messages ();
    }

  /* The result of one event is not that of another. */
  ta_event_set (event);
  test_result_init (&result, NULL);
  TEST_OUTSIDE (&result, ta_event_wait_async (event, 0, NULL, test_result_cb, &result));
  TEST_TURN_UNTIL (NULL, result.calls == 1);
  test_expect_critical ("*");
  g_assert_false (ta_event_wait_finish (other, result.result, NULL));
  g_test_assert_expected_messages ();
  g_assert_true (ta_event_wait_finish (event, result.result, NULL));
  test_result_clear (&result);
}

static void
set_and_clear (gpointer event)
{
  ta_event_set (event);
  ta_event_clear (event);
}

typedef struct
{
  TestWitness witness;
  gboolean    last;
  guint       turn;
  guint       last_turn;
} Seen;

static void
seen_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  Seen *self = data;

  test_witness_notify_cb (object, pspec, &self->witness);
  g_assert_cmpuint (self->turn, !=, self->last_turn);
  self->last_turn = self->turn;
  g_object_get (object, "is-set", &self->last, NULL);
}

static gpointer
wobble_thread (gpointer event)
{
  for (guint i = 0; i < 5000; i++)
    set_and_clear (event);
  ta_event_set (event);

  return NULL;
}

/* In the owner's context, whoever did it; coalesced, and ending with the last state. */
static void
test_notify (void)
{
  g_autoptr (TaEvent) event = ta_event_new ();
  Seen                seen = { .turn = 1 };
  GThread            *thread;

  test_witness_init (&seen.witness, NULL);
  g_signal_connect (event, "notify::is-set", G_CALLBACK (seen_cb), &seen);
  seen.witness.inside_call = TRUE;
  ta_event_set (event);
  seen.witness.inside_call = FALSE;
  test_turn_all (NULL);
  g_assert_cmpuint (seen.witness.count, ==, 1);
  g_assert_true (seen.last);

  /* No change, no notification. */
  ta_event_set (event);
  g_assert_false (g_main_context_iteration (NULL, FALSE));

  seen.turn++;
  test_thread_call ((TestFunc) ta_event_clear, event);
  test_turn_all (NULL);
  g_assert_cmpuint (seen.witness.count, ==, 2);
  g_assert_false (seen.last);

  thread = g_thread_new ("wobbler", wobble_thread, event);
  while (!ta_event_get_is_set (event) || !seen.last || g_main_context_pending (NULL))
    {
      seen.turn++;
      g_main_context_iteration (NULL, FALSE);
    }
  g_thread_join (thread);
  seen.turn++;
  while (g_main_context_iteration (NULL, FALSE))
    seen.turn++;
  g_assert_true (seen.last);

  /* None of what happened before a disconnect, and nothing is kept for nobody. */
  ta_event_clear (event);
  g_signal_handlers_disconnect_by_data (event, &seen);
  seen.last = TRUE;
  test_turn_all (NULL);
  g_assert_true (seen.last);
  ta_event_set (event);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

/* An event that belongs to a runner, and a wait that was started there. */
typedef struct
{
  TaEvent    *event;
  TestWitness witness;
  TestGate    seen;
  TestResult  result;
} OnRunner;

static void
seen_there_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  OnRunner *self = data;

  test_witness_notify_cb (object, pspec, &self->witness);
  test_gate_open (&self->seen);
}

static void
make_call (gpointer data)
{
  OnRunner     *self = data;
  GMainContext *context = g_main_context_get_thread_default ();

  self->event = ta_event_new ();
  test_gate_init (&self->seen);
  test_witness_init (&self->witness, context);
  test_result_init (&self->result, context);
  g_signal_connect (self->event, "notify::is-set", G_CALLBACK (seen_there_cb), self);
}

static void
wait_call (gpointer data)
{
  OnRunner          *self = data;
  g_autoptr (GError) error = NULL;

  /* What would block is refused at once, and nothing else. */
  g_assert_true (ta_event_wait (self->event, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);
  ta_event_clear (self->event);
  g_assert_false (ta_event_wait (self->event, TEST_DEADLINE_US, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WOULD_DEADLOCK);
  test_assert_message_has (error, "telling");
  g_clear_error (&error);
  g_assert_false (ta_event_wait (self->event, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (ta_event_try_wait (self->event, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  TEST_OUTSIDE (&self->result, ta_event_wait_async (self->event, TEST_LONG_US, NULL, test_result_cb,
                                                    &self->result));
}

static void
wait_in_default_call (gpointer event)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_event_wait (event, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* Its notifications come there; its waits end with it, and what is notified later is dropped. */
static void
test_on_runner (void)
{
  g_autoptr (TaRunner) runner = test_runner_new_started ("telling");
  g_autoptr (GError)   error = NULL;
  OnRunner             there;

  g_assert_true (
      ta_runner_call_in_loop (runner, make_call, &there, NULL, TEST_DEADLINE_US, NULL, NULL));
  g_assert_true (ta_event_get_main_context (there.event) == ta_runner_get_context (runner));
  ta_event_set (there.event);
  test_gate_await (&there.seen, 1);
  g_assert_true (
      ta_runner_call_in_loop (runner, wait_call, &there, NULL, TEST_DEADLINE_US, NULL, NULL));
  test_runner_stop (runner);
  g_assert_cmpuint (there.witness.count, ==, 2);
  g_assert_cmpuint (there.result.calls, ==, 1);
  g_assert_false (ta_event_wait_finish (there.event, there.result.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_result_clear (&there.result);

  /* A loop that somebody else runs may block. */
  g_assert_true (ta_runner_call_in_loop (ta_runner_get_default (), wait_in_default_call,
                                         there.event, NULL, TEST_DEADLINE_US, NULL, NULL));

  g_object_add_weak_pointer (G_OBJECT (there.event), (gpointer *) &there.event);
  ta_event_set (there.event);
  g_object_unref (there.event);
  g_assert_null (there.event);
  g_assert_cmpuint (there.witness.count, ==, 2);
  test_gate_clear (&there.seen);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/event/set-and-clear", test_set_and_clear);
  test_add ("/event/properties", test_properties);
  test_add ("/event/errors", test_errors);
  test_add ("/event/bad-input", test_bad_input);
  test_add ("/promise-5/notify", test_notify);
  test_add ("/promise-8/on-runner", test_on_runner);

  return g_test_run ();
}
