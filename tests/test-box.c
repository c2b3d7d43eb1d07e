/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-party.h"

/* What a binding would keep: a value that tells when and where it is copied and freed. */
typedef struct
{
  TestHooks hooks;
  GThread  *freed_in; /* by whoever frees it, before it opens the gate */
  TestGate *freed;
} Foreign;

static void
note_call (gpointer data)
{
  Foreign *self = data;

  self->freed_in = g_thread_self ();
  if (self->freed != NULL)
    test_gate_open (self->freed);
}

static TaBox *
new_box (Foreign *foreign, const GValue *plain, GMainContext *context)
{
  GValue value = G_VALUE_INIT;
  TaBox *box;

  *foreign = (Foreign){ .hooks = { .hook = note_call, .hook_data = foreign } };
  test_hooked_value_init (&value, &foreign->hooks, 7);
  box = ta_box_new (&value, plain, context);
  g_value_unset (&value);

  g_assert_cmpint (foreign->hooks.live, ==, 1);

  return box;
}

static void
put_box (TaQueue *queue, TaBox *box)
{
  g_autoptr (GError) error = NULL;
  g_auto (GValue)    value = G_VALUE_INIT;

  g_value_init (&value, TA_TYPE_BOX);
  g_value_set_boxed (&value, box);
  ta_queue_try_put (queue, &value, &error);
  g_assert_no_error (error);
}

static void
test_values (void)
{
  Foreign           foreign;
  g_autoptr (TaBox) box = new_box (&foreign, TA_VALUE_INT (42), NULL);
  g_autoptr (TaBox) empty = ta_box_new (NULL, NULL, NULL);
  GValue            value = G_VALUE_INIT;

  g_assert_true (ta_box_get_foreign (box, &value));
  g_assert_cmpint (test_hooked_value_get_number (&value), ==, 7);
  g_value_unset (&value);

  g_assert_true (ta_box_get_plain (box, &value));
  g_assert_cmpint (test_take_number (&value), ==, 42);

  g_assert_false (ta_box_get_foreign (empty, &value));
  test_assert_null_pointer (&value);
  g_assert_false (ta_box_get_plain (empty, &value));
  test_assert_null_pointer (&value);

  g_clear_pointer (&box, ta_box_unref);
  g_assert_cmpint (foreign.hooks.live, ==, 0);
}

/* The ways in which an item leaves a queue or a result a future. */
typedef enum
{
  TRY_GET,
  GET_WAIT,
  GET_FINISH,
  TRY_WAIT,
  WAIT,
  WAIT_FINISH,
  N_WAYS,
} Way;

static gboolean
get (GObject *source, Way way, TestResult *result, GValue *value, GError **error)
{
  switch (way)
    {
    case TRY_GET:
      return ta_queue_try_get (TA_QUEUE (source), value, error);
    case GET_WAIT:
      return ta_queue_get_wait (TA_QUEUE (source), value, TEST_LONG_US, NULL, error);
    case GET_FINISH:
      return ta_queue_get_finish (TA_QUEUE (source), result->result, value, error);
    case TRY_WAIT:
      return ta_future_try_wait (TA_FUTURE (source), value, error);
    case WAIT:
      return ta_future_wait (TA_FUTURE (source), value, TEST_LONG_US, NULL, error);
    case WAIT_FINISH:
      return ta_future_wait_finish (TA_FUTURE (source), result->result, value, error);
    case N_WAYS:
    default:
      g_assert_not_reached ();
    }
}

/* Something that has the value in it, and for the asynchronous ways has delivered it. */
static GObject *
prepare (Way way, const GValue *value, TestResult *result)
{
  g_autoptr (GError) error = NULL;
  GObject           *source;

  test_result_init (result, NULL);

  if (way < TRY_WAIT)
    {
      source = G_OBJECT (ta_queue_new (0));
      ta_queue_try_put (TA_QUEUE (source), value, &error);
      g_assert_no_error (error);
      if (way == GET_FINISH)
        ta_queue_get_async (TA_QUEUE (source), TEST_LONG_US, NULL, test_result_cb, result);
    }
  else
    {
      g_autoptr (TaPromise) promise = ta_promise_new ();

      source = G_OBJECT (ta_promise_get_future (promise));
      ta_promise_return_value (promise, value);
      if (way == WAIT_FINISH)
        ta_future_wait_async (TA_FUTURE (source), TEST_LONG_US, NULL, test_result_cb, result);
    }

  if (way == GET_FINISH || way == WAIT_FINISH)
    TEST_TURN_UNTIL (NULL, result->calls == 1);

  return source;
}

/* Gets the value in one of the ways; in a box if @wants_box says so. */
static GValue
pass (const GValue *value, Way way, gboolean wants_box)
{
  g_autoptr (GError)  error = NULL;
  g_autoptr (GObject) source = NULL;
  GValue              out = G_VALUE_INIT;
  TestResult          result;

  source = prepare (way, value, &result);
  if (wants_box)
    g_value_init (&out, TA_TYPE_BOX);
  get (source, way, &result, &out, &error);
  g_assert_no_error (error);
  test_result_clear (&result);

  return out;
}

static GValue
pass_box (TaBox *box, Way way, gboolean wants_box)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, TA_TYPE_BOX);
  g_value_set_boxed (&value, box);

  return pass (&value, way, wants_box);
}

static void
test_unwraps (void)
{
  for (Way way = 0; way < N_WAYS; way++)
    {
      Foreign foreign;
      TaBox  *box = new_box (&foreign, TA_VALUE_INT (42), NULL);
      GValue  value;

      value = pass_box (box, way, FALSE);
      g_assert_cmpint (test_take_number (&value), ==, 42);
      ta_box_unref (box);
      g_assert_cmpint (foreign.hooks.live, ==, 0);

      /* Only to be freed at the end: the plain value is all that was looked at. */
      g_assert_cmpint (foreign.hooks.copies, ==, 1);

      box = new_box (&foreign, NULL, NULL);
      value = pass_box (box, way, FALSE);
      g_assert_cmpint (test_hooked_value_get_number (&value), ==, 7);
      g_value_unset (&value);
      ta_box_unref (box);
      g_assert_cmpint (foreign.hooks.live, ==, 0);

      box = ta_box_new (NULL, NULL, NULL);
      value = pass_box (box, way, FALSE);
      test_assert_null_pointer (&value);
      ta_box_unref (box);
    }
}

static void
test_asked_for (void)
{
  for (Way way = 0; way < N_WAYS; way++)
    {
      Foreign foreign;
      TaBox  *box = new_box (&foreign, TA_VALUE_INT (42), NULL);
      GValue  value;

      value = pass_box (box, way, TRUE);
      g_assert_true (G_VALUE_HOLDS (&value, TA_TYPE_BOX));
      g_assert_true (g_value_get_boxed (&value) == box);
      g_value_unset (&value);
      g_assert_cmpint (foreign.hooks.copies, ==, 1);
      ta_box_unref (box);
      g_assert_cmpint (foreign.hooks.live, ==, 0);

      /* What is in no box comes as it is. */
      value = pass (TA_VALUE_STRING ("plain"), way, TRUE);
      g_assert_cmpstr (g_value_get_string (&value), ==, "plain");
      g_value_unset (&value);
    }
}

static void
test_failure (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_autoptr (GError)  error = NULL;
  GValue              value = G_VALUE_INIT;

  g_value_init (&value, TA_TYPE_BOX);
  g_assert_false (ta_queue_try_get (queue, &value, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  test_assert_null_pointer (&value);
}

/* Takes the box in the same ways. */
static TaBox *
take (const GValue *value, Way way)
{
  g_autoptr (GError)  error = NULL;
  g_autoptr (GObject) source = NULL;
  TestResult          result;
  TaBox              *box;

  source = prepare (way, value, &result);
  box = ta_box_take (source, result.result, way == TRY_GET || way == TRY_WAIT ? 0 : TEST_LONG_US,
                     NULL, &error);
  g_assert_no_error (error);
  test_result_clear (&result);

  return box;
}

static void
test_take (void)
{
  for (Way way = 0; way < N_WAYS; way++)
    {
      Foreign           foreign;
      g_auto (GValue)   value = G_VALUE_INIT;
      g_autoptr (TaBox) box = new_box (&foreign, TA_VALUE_INT (42), NULL);
      g_autoptr (TaBox) taken = NULL;

      g_value_init (&value, TA_TYPE_BOX);
      g_value_set_boxed (&value, box);
      taken = take (&value, way);
      g_assert_true (taken == box);
      g_clear_pointer (&taken, ta_box_unref);
      g_value_unset (&value);

      /* What is not in a box gets one. */
      taken = take (TA_VALUE_STRING ("plain"), way);
      g_assert_false (ta_box_get_foreign (taken, NULL));
      g_assert_true (ta_box_get_plain (taken, &value));
      g_assert_cmpstr (g_value_get_string (&value), ==, "plain");
    }
}

static void
test_take_fails (void)
{
  g_autoptr (TaQueue)   queue = ta_queue_new (0);
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  future = ta_promise_get_future (promise);
  g_autoptr (TaEvent)   event = ta_event_new ();
  g_autoptr (GError)    error = NULL;

  g_assert_null (ta_box_take (G_OBJECT (queue), NULL, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  g_assert_null (ta_box_take (G_OBJECT (future), NULL, 1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);

  g_assert_null (ta_box_take (G_OBJECT (event), NULL, 0, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  test_assert_message_has (error, "TaEvent");
}

static void
test_item_type (void)
{
  g_autoptr (TaQueue) queue = g_object_new (TA_TYPE_QUEUE, "item-type", G_TYPE_INT64, NULL);
  g_autoptr (GError)  error = NULL;
  g_auto (GValue)     value = G_VALUE_INIT;
  Foreign             foreign;
  TaBox              *box = new_box (&foreign, TA_VALUE_INT (42), NULL);

  put_box (queue, box);
  g_assert_cmpint (test_queue_get (queue), ==, 42);
  ta_box_unref (box);

  g_value_init (&value, TA_TYPE_BOX);
  g_value_take_boxed (&value, new_box (&foreign, TA_VALUE_STRING ("text"), NULL));
  g_assert_false (ta_queue_try_put (queue, &value, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  test_assert_message_has (error, "gchararray");
  test_queue_check_empty (queue);
}

static void
drop_box (gpointer data)
{
  ta_box_unref (data);
}

static void
check_freed_by_worker (Foreign *foreign, TestGate *freed, TestWorker *worker)
{
  test_gate_await (freed, 1);
  /* The value is counted after its hook was called. */
  test_worker_call (worker, NULL, NULL);
  g_assert_true (foreign->freed_in == test_worker_get_thread (worker));
  g_assert_cmpint (foreign->hooks.copies, ==, 1);
  test_gate_clear (freed);
}

static TaBox *
new_watched_box (Foreign *foreign, TestGate *freed, GMainContext *context)
{
  TaBox *box = new_box (foreign, NULL, context);

  test_gate_init (freed);
  foreign->freed = freed;

  return box;
}

static void
test_confined (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  g_autoptr (TaQueue)    queue = ta_queue_new (0);
  GMainContext          *context = test_worker_get_context (worker);
  GValue                 value = G_VALUE_INIT;
  Foreign                foreign;
  TestGate               freed;

  /* Wherever the last reference is dropped: */
  test_thread_call (drop_box, new_watched_box (&foreign, &freed, context));
  check_freed_by_worker (&foreign, &freed, worker);

  /* also when it goes with the queue, and in its box where there is nothing plain; */
  put_box (queue, new_watched_box (&foreign, &freed, context));
  g_assert_true (ta_queue_try_get (queue, &value, NULL));
  g_assert_true (G_VALUE_HOLDS (&value, TA_TYPE_BOX));
  ta_box_unref (g_value_get_boxed (&value));
  g_value_unset (&value);
  check_freed_by_worker (&foreign, &freed, worker);

  /* and in the context's own thread not inside the call. */
  ta_box_unref (new_box (&foreign, NULL, NULL));
  g_assert_cmpint (foreign.hooks.live, ==, 0);
  ta_box_unref (new_box (&foreign, NULL, g_main_context_default ()));
  g_assert_cmpint (foreign.hooks.live, ==, 1);
  TEST_TURN_UNTIL (NULL, foreign.hooks.live == 0);
  g_assert_true (foreign.freed_in == g_thread_self ());
}

/* A value that is not in the heap, where it would be found to be lost. */
static gpointer
count_copy (gpointer boxed)
{
  ++*(int *) boxed;
  return boxed;
}

static void
count_free (gpointer boxed)
{
  --*(int *) boxed;
}

/* A value whose context is over is lost, rather than freed in a wrong thread. */
static void
test_confined_to_the_dead (void)
{
  TaRunner     *runner = test_runner_new_started ("dead");
  GMainContext *context = g_main_context_ref (ta_runner_get_context (runner));
  GValue        value = G_VALUE_INIT;
  static int    live;
  TaBox        *box;

  g_value_init (&value, g_boxed_type_register_static ("TestCounted", count_copy, count_free));
  g_value_set_static_boxed (&value, &live);
  box = ta_box_new (&value, NULL, context);
  g_assert_cmpint (live, ==, 1);

  test_runner_stop (runner);
  ta_box_unref (box);
  g_assert_cmpint (live, ==, 1);

  g_object_unref (runner);
  g_main_context_unref (context);
}

/* Promise 6: what a binding does when its value is copied or freed may use the queue. */
static void
use_queue (gpointer data)
{
  TaQueue *queue = data;

  ta_queue_get_length (queue);
  ta_queue_get_async (queue, 0, NULL, NULL, NULL);
}

static void
test_call_back (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  TestHooks           hooks = { .hook = use_queue, .hook_data = queue };
  GValue              value = G_VALUE_INIT;
  TaBox              *box;
  int                 copies;

  test_hooked_value_init (&value, &hooks, 7);
  box = ta_box_new (&value, NULL, NULL);
  g_value_unset (&value);
  copies = hooks.copies;

  put_box (queue, box);
  ta_box_unref (box);
  g_assert_true (ta_queue_try_get (queue, &value, NULL));
  g_value_unset (&value);

  g_assert_cmpint (hooks.copies, ==, copies + 1);
  g_assert_cmpint (hooks.live, ==, 0);
  TEST_TURN_UNTIL (NULL, G_OBJECT (queue)->ref_count == 1);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/box/values", test_values);
  test_add ("/box/unwraps", test_unwraps);
  test_add ("/box/asked-for", test_asked_for);
  test_add ("/box/failure", test_failure);
  test_add ("/box/take", test_take);
  test_add ("/box/take/fails", test_take_fails);
  test_add ("/box/item-type", test_item_type);
  test_add ("/box/confined", test_confined);
  test_add ("/box/confined/dead-context", test_confined_to_the_dead);
  test_add ("/promise-6/boxes-call-back", test_call_back);

  return g_test_run ();
}
