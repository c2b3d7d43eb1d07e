/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 5: signals are thread-safe. Every handler asserts the thread and the context. Properties are in
 * test-notify-properties.c.
 */

#include "test-notify-util.h"

static void
return_one (gpointer promise)
{
  ta_promise_return_int (promise, 1);
}

/* Whoever makes it so: the notification comes where the object lives, outside every call. */
static void
test_owner_context (void)
{
  Fixture              fixture;
  TestWitness          done;
  TestWitness          progress;
  TestWitness          status;
  TestWitness          running;
  TestWitness          shutdown_type;
  g_autoptr (TaRunner) runner = NULL;

  fixture_init (&fixture);
  runner = g_object_ref (fixture.runner);
  test_witness_init (&done, NULL);
  test_witness_init (&progress, NULL);
  test_witness_init (&status, NULL);
  test_witness_init (&running, NULL);
  test_witness_init (&shutdown_type, NULL);
  test_turn_all (NULL);
  connect_witness (fixture.task, "notify::done", &done);
  connect_witness (fixture.task, "notify::progress", &progress);
  connect_witness (fixture.task, "notify::status", &status);
  connect_witness (runner, "notify::running", &running);
  connect_witness (runner, "notify::shutdown-type", &shutdown_type);

  progress.inside_call = status.inside_call = done.inside_call = TRUE;
  ta_promise_set_progress (fixture.promise, 0.5);
  ta_promise_set_status (fixture.promise, "half");
  test_thread_call (return_one, fixture.promise);
  progress.inside_call = status.inside_call = done.inside_call = FALSE;
  TEST_TURN_UNTIL (NULL, done.count + progress.count + status.count == 3);
  g_assert_cmpuint (done.count, ==, 1);
  g_assert_cmpuint (progress.count, ==, 1);

  running.inside_call = shutdown_type.inside_call = TRUE;
  test_runner_stop (runner);
  running.inside_call = shutdown_type.inside_call = FALSE;
  TEST_TURN_UNTIL (NULL, running.count == 1 && shutdown_type.count == 1);
  fixture_clear (&fixture);
  g_assert_cmpuint (done.count + progress.count + status.count, ==, 3);
  g_assert_cmpuint (running.count + shutdown_type.count, ==, 2);
  g_signal_handlers_disconnect_by_data (runner, &running);
  g_signal_handlers_disconnect_by_data (runner, &shutdown_type);
}

typedef struct
{
  TestWitness done;
  TaPromise  *promise;
  TaFuture   *future;
  TestGate    gate;
} Elsewhere;

static void
elsewhere_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  Elsewhere *self = data;

  test_witness_notify_cb (object, pspec, &self->done);
  test_gate_open (&self->gate);
}

static void
make_elsewhere (gpointer data)
{
  Elsewhere *self = data;

  test_witness_init (&self->done, g_main_context_get_thread_default ());
  self->promise = ta_promise_new ();
  self->future = ta_promise_get_future (self->promise);
  g_signal_connect (self->future, "notify::done", G_CALLBACK (elsewhere_cb), self);
}

/* An object belongs to the context that was thread-default where it was made. */
static void
test_other_context (void)
{
  g_autoptr (TestWorker) worker = test_worker_new ();
  Elsewhere              elsewhere;

  test_gate_init (&elsewhere.gate);
  test_worker_call (worker, make_elsewhere, &elsewhere);
  g_assert_true (ta_future_get_main_context (elsewhere.future) == test_worker_get_context (worker));
  return_one (elsewhere.promise);
  test_gate_await (&elsewhere.gate, 1);
  test_worker_call (worker, g_object_unref, elsewhere.future);
  ta_promise_unref (elsewhere.promise);
  g_assert_cmpuint (elsewhere.done.count, ==, 1);
  test_gate_clear (&elsewhere.gate);
}

typedef struct
{
  TestWitness witness;
  double      last;
  guint       turn;
  guint       last_turn;
} ProgressSeen;

static void
progress_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  ProgressSeen *seen = data;

  test_witness_notify_cb (object, pspec, &seen->witness);
  g_assert_cmpuint (seen->turn, !=, seen->last_turn);
  seen->last_turn = seen->turn;
  g_object_get (object, "progress", &seen->last, NULL);
}

static void
set_progress_often (gpointer promise)
{
  for (guint i = 1; i <= 1000; i++)
    ta_promise_set_progress (promise, i / 1000.0);
}

static gpointer
set_progress_thread (gpointer promise)
{
  set_progress_often (promise);

  return NULL;
}

typedef struct
{
  TestWitness witness;
  guint       turn;
  guint       turns[3];
} FailureSeen;

static void
failure_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  static const char *const names[] = { "done", "error", "error-message" };
  FailureSeen             *seen = data;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *message = NULL;
  gboolean                 done = FALSE;

  test_witness_notify_cb (object, pspec, &seen->witness);
  g_object_get (object, "done", &done, "error", &error, "error-message", &message, NULL);
  g_assert_true (done);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "nothing there");
  g_assert_cmpstr (message, ==, "nothing there");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (pspec->name, names[i]))
      {
        g_assert_cmpuint (seen->turns[i], ==, 0);
        seen->turns[i] = seen->turn;
      }
}

static void
return_not_found (gpointer promise)
{
  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "nothing %s", "there");
}

/* A failure is told by done, error and error-message in one turn; a value by done alone. Who has read
 * the error has taken it: the stop of the runner, at the end of the fixture, has nothing to report. */
static void
test_error (void)
{
  Fixture            fixture;
  FailureSeen        seen = { .turn = 1 };
  TestWitness        witness;
  g_autoptr (GError) error = NULL;
  g_autofree char   *message = NULL;

  fixture_init (&fixture);
  g_object_get (fixture.task, "error", &error, "error-message", &message, NULL);
  g_assert_no_error (error);
  g_assert_null (message);
  test_witness_init (&seen.witness, NULL);
  g_signal_connect (fixture.task, "notify", G_CALLBACK (failure_cb), &seen);
  test_thread_call (return_not_found, fixture.promise);
  while (seen.witness.count == 0)
    {
      seen.turn++;
      g_main_context_iteration (NULL, TRUE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (seen.turns); i++)
    g_assert_cmpuint (seen.turns[i], ==, seen.turn);
  fixture_clear (&fixture);
  g_assert_cmpuint (seen.witness.count, ==, 3);

  fixture_init (&fixture);
  test_witness_init (&witness, NULL);
  connect_witness (fixture.task, "notify", &witness);
  test_thread_call (return_one, fixture.promise);
  TEST_TURN_UNTIL (NULL, witness.count > 0);
  test_turn_all (NULL);
  g_assert_cmpuint (witness.count, ==, 1);
  g_assert_null (ta_future_dup_error (TA_FUTURE (fixture.task)));
  g_assert_null (ta_future_dup_error_message (TA_FUTURE (fixture.task)));
  fixture_clear (&fixture);
}

/* A thousand changes are one notification a turn at most, and the last state is seen. */
static void
test_coalesced (void)
{
  Fixture      fixture;
  ProgressSeen seen = { .turn = 1 };
  gint64       end = g_get_monotonic_time () + TEST_DEADLINE_US;
  GThread     *thread;

  fixture_init (&fixture);
  test_witness_init (&seen.witness, NULL);
  g_signal_connect (fixture.task, "notify::progress", G_CALLBACK (progress_cb), &seen);

  /* All of them before a turn: one notification. */
  test_thread_call (set_progress_often, fixture.promise);
  while (g_main_context_iteration (NULL, FALSE))
    seen.turn++;
  g_assert_cmpuint (seen.witness.count, ==, 1);
  g_assert_cmpfloat (seen.last, ==, 1.0);

  /* All of them during turns: as many as there were turns, at most. */
  ta_promise_set_progress (fixture.promise, 0.0);
  thread = g_thread_new ("progress", set_progress_thread, fixture.promise);
  while (seen.last < 1.0 || seen.witness.count < 2)
    {
      seen.turn++;
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
    }
  g_thread_join (thread);
  seen.turn++;
  while (g_main_context_iteration (NULL, FALSE))
    seen.turn++;
  g_assert_cmpfloat (seen.last, ==, 1.0);

  fixture_clear (&fixture);
}

G_GNUC_NORETURN static void
forbidden_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  g_assert_not_reached ();
}

static void
disconnect_other_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  g_signal_handlers_disconnect_by_func (object, forbidden_cb, NULL);
  test_witness_notify_cb (object, pspec, data);
}

/* Who has disconnected hears nothing, even of what happened before. */
static void
test_disconnected (void)
{
  Fixture     fixture;
  TestWitness witness;
  gulong      id;

  fixture_init (&fixture);
  test_witness_init (&witness, NULL);
  id = g_signal_connect (fixture.task, "notify::status", G_CALLBACK (forbidden_cb), NULL);
  ta_promise_set_status (fixture.promise, "queued");
  g_signal_handler_disconnect (fixture.task, id);
  test_turn_all (NULL);

  /* The same from one handler to the next. */
  g_signal_connect (fixture.task, "notify::status", G_CALLBACK (disconnect_other_cb), &witness);
  g_signal_connect (fixture.task, "notify::status", G_CALLBACK (forbidden_cb), NULL);
  ta_promise_set_status (fixture.promise, "queued again");
  TEST_TURN_UNTIL (NULL, witness.count == 1);

  /* One that connects anew hears what comes from then on. */
  g_signal_handlers_disconnect_by_data (fixture.task, &witness);
  connect_witness (fixture.task, "notify::status", &witness);
  ta_promise_set_status (fixture.promise, "once more");
  TEST_TURN_UNTIL (NULL, witness.count == 2);
  test_turn_all (NULL);
  g_assert_cmpuint (witness.count, ==, 2);

  fixture_clear (&fixture);
}

static TaFuture *
make_done_future (TestWitness *witness)
{
  TaPromise *promise = ta_promise_new ();
  TaFuture  *future = ta_promise_get_future (promise);

  if (witness != NULL)
    connect_witness (future, "notify::done", witness);
  return_one (promise);
  ta_promise_unref (promise);

  return future;
}

/* What is queued keeps its object; and where nobody listens, nothing is queued. */
static void
test_keeps_object (void)
{
  TestWitness witness;
  TaFuture   *future;
  TaFuture   *unheard;

  test_witness_init (&witness, NULL);
  future = make_done_future (&witness);
  g_object_add_weak_pointer (G_OBJECT (future), (gpointer *) &future);
  g_object_unref (future);
  g_assert_nonnull (future);
  g_assert_cmpuint (witness.count, ==, 0);
  TEST_TURN_UNTIL (NULL, witness.count == 1);
  test_turn_all (NULL);
  g_assert_null (future);

  unheard = make_done_future (NULL);
  g_object_add_weak_pointer (G_OBJECT (unheard), (gpointer *) &unheard);
  g_object_unref (unheard);
  g_assert_null (unheard);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

/* A runner that has ended drops what was queued for it, objects included. */
static void
test_ended_runner (void)
{
  TaRunner *runner = test_runner_new_started ("gone");
  Elsewhere elsewhere;
  TaFuture *future;

  test_gate_init (&elsewhere.gate);
  g_assert_true (ta_runner_call_in_loop (runner, make_elsewhere, &elsewhere, NULL, TEST_DEADLINE_US,
                                         NULL, NULL));
  future = elsewhere.future;
  g_object_add_weak_pointer (G_OBJECT (future), (gpointer *) &future);
  test_runner_stop (runner);
  return_one (elsewhere.promise);
  ta_promise_unref (elsewhere.promise);
  g_object_unref (future);
  g_object_unref (runner);
  g_assert_cmpuint (test_gate_get_count (&elsewhere.gate), ==, 0);
  g_assert_null (future);
  test_gate_clear (&elsewhere.gate);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-5/notify-in-owner-context", test_owner_context);
  test_add ("/promise-5/notify-in-other-context", test_other_context);
  test_add ("/promise-5/error", test_error);
  test_add ("/promise-5/coalesced", test_coalesced);
  test_add ("/promise-5/none-after-disconnect", test_disconnected);
  test_add ("/promise-5/keeps-object", test_keeps_object);
  test_add ("/promise-5/ended-runner-drops", test_ended_runner);

  return g_test_run ();
}
