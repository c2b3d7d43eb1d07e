/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

/*
 * Rounds in which everybody creates tasks on all runners, of which one is stopped meanwhile. Each
 * task ends once, as it may, and everybody who waits for it is told the same.
 */

typedef enum
{
  RETURNS, /* at once */
  FAILS,   /* at once */
  DROPS,   /* its promise */
  TAKES_NOTHING,
  SLEEPS,     /* and then returns, unless it is cancelled */
  HANDS_OVER, /* its promise to whoever comes along */
  N_KINDS,
} Kind;

typedef struct
{
  Round   *round;
  Party   *party; /* who waits for it */
  Kind     kind;
  gint64   value;
  int      n_calls; /* atomic */
  gboolean is_cancelled;
  int      sleep_us;
  TaTask  *task;   /* the party's */
  int      n_refs; /* atomic */
} Work;

static void
work_unref (gpointer data)
{
  Work *self = data;

  if (g_atomic_int_dec_and_test (&self->n_refs))
    {
      g_atomic_int_add (&self->round->n_data, -1);
      g_free (self);
    }
}

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TaPromise *promise = data;
  GError    *error = NULL;

  if (ta_sleep_finish (result, &error))
    ta_promise_return_int (promise, 1);
  else
    ta_promise_return_error (promise, error);
  ta_promise_unref (promise);
}

static void
work_func (TaTask *task, gpointer data)
{
  Work           *self = data;
  TaPromise      *promise = NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  if (g_atomic_int_add (&self->n_calls, 1) != 0)
    round_fail (self->round, "the function of a task was called twice");
  if (self->kind == TAKES_NOTHING)
    return;

  promise = ta_task_take_promise (task);
  switch (self->kind)
    {
    case RETURNS:
      ta_promise_return_int (promise, 1);
      break;
    case FAILS:
      ta_promise_return_failed (promise, "as it should");
      break;
    case SLEEPS:
      ta_sleep_async (self->sleep_us, ta_promise_get_cancellable (promise), slept_cb,
                      ta_promise_ref (promise));
      break;
    case HANDS_OVER:
      g_value_init (&value, TA_TYPE_PROMISE);
      g_value_set_boxed (&value, promise);
      ta_queue_try_put (TA_QUEUE (self->round->object), &value, NULL);
      break;
    case DROPS:
    case TAKES_NOTHING:
    case N_KINDS:
    default:
      break;
    }

  g_clear_pointer (&promise, ta_promise_unref);
}

/* Returns a promise that a task has handed over, if there is one. */
static gboolean
return_one (Round *round)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!ta_queue_try_get (TA_QUEUE (round->object), &value, NULL))
    return FALSE;

  ta_promise_return_int (g_value_get_boxed (&value), 1);

  return TRUE;
}

/* Whether a task may have ended like this. */
static gboolean
work_may_end (Work *self, const GError *error)
{
  gboolean may_stop = FALSE;

  if (self->task != NULL && self->round->stopped != NULL)
    {
      g_autoptr (TaRunner) runner = ta_task_get_runner (self->task);

      may_stop = runner == self->round->stopped;
    }

  if (error == NULL)
    return self->kind == RETURNS || self->kind == SLEEPS || self->kind == HANDS_OVER;
  if (g_error_matches (error, TA_ERROR, TA_ERROR_FAILED))
    return self->kind == FAILS;
  if (g_error_matches (error, TA_ERROR, TA_ERROR_DROPPED))
    return self->kind == DROPS || self->kind == TAKES_NOTHING;
  if (g_error_matches (error, TA_ERROR, TA_ERROR_NOT_RUNNING))
    return may_stop && g_atomic_int_get (&self->n_calls) == 0;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return may_stop || (self->is_cancelled && self->kind == SLEEPS);

  return FALSE;
}

/* Compares what the wait came to with the kind of task, and with what the task says itself. */
static void
work_note (Work *self, gboolean succeeded, GValue *value, GError *error)
{
  Round             *round = self->round;
  g_auto (GValue)    again = G_VALUE_INIT;
  g_autoptr (GError) again_error = NULL;

  if (!ta_future_get_done (TA_FUTURE (self->task)))
    {
      /* That of a wait that the stop of its own runner ended. */
      if (succeeded || self->party->runner == NULL || self->party->runner != round->stopped ||
          !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        round_fail (round, "a wait ended before its task: %s", error ? error->message : "success");
      self->party->n_ops = 0;
    }
  else
    {
      if (ta_future_try_wait (TA_FUTURE (self->task), &again, &again_error) != succeeded ||
          (!succeeded && !g_error_matches (error, again_error->domain, again_error->code)))
        {
          if (self->party->runner != round->stopped)
            round_fail (round, "a task ended in two ways: %s and %s",
                        error ? error->message : "success",
                        again_error ? again_error->message : "success");
        }
      else if (!work_may_end (self, error))
        {
          round_fail (round, "a task of kind %u ended with: %s", self->kind,
                      error ? error->message : "success");
        }
    }

  if (G_IS_VALUE (value))
    g_value_unset (value);
  g_clear_error (&error);
  g_clear_object (&self->task);
  self->party->work = NULL;
  party_end (self->party, RESULT_OK);
  work_unref (self);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Work    *self = data;
  Party   *party = self->party;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded = ta_future_wait_finish (TA_FUTURE (source), result, &value, &error);

  work_note (self, succeeded, &value, error);
  party_go_on (party);
}

static gboolean
task_act (Party *self)
{
  Round               *round = self->round;
  Work                *work = NULL;
  GValue               value = G_VALUE_INIT;
  GError              *error = NULL;
  g_autoptr (TaRunner) runner = stress_ref_runner ((guint) party_random (self, N_RUNNERS));
  gboolean             succeeded;

  if (party_random (self, 3) == 0)
    return_one (round);

  work = g_new0 (Work, 1);
  work->round = round;
  work->party = self;
  work->kind = (Kind) party_random (self, N_KINDS);
  work->sleep_us = party_random (self, 300);
  work->is_cancelled = party_random (self, 2) == 0;
  work->n_refs = 2;
  g_atomic_int_inc (&round->n_data);

  self->work = work;
  party_begin (self, OP_READ, work->kind);
  work->task = ta_runner_create_task (runner, work_func, work, work_unref);
  if (party_random (self, 3) == 0)
    ta_future_wait_async (TA_FUTURE (work->task), party_random (self, 200), NULL, NULL, NULL);
  if (party_random (self, 3) == 0)
    g_thread_yield ();
  if (work->is_cancelled)
    ta_task_cancel (work->task);

  self->timeout_us = TA_TIMEOUT_INFINITE;
  party_waits (self, OP_READ);
  if (self->runner != NULL)
    {
      ta_future_wait_async (TA_FUTURE (work->task), TA_TIMEOUT_INFINITE, NULL, done_cb, work);
      return FALSE;
    }

  succeeded = ta_future_wait (TA_FUTURE (work->task), &value, TA_TIMEOUT_INFINITE, NULL, &error);
  work_note (work, succeeded, &value, error);

  return TRUE;
}

static void
task_forget (Party *self)
{
  Work *work = g_steal_pointer (&self->work);

  if (work == NULL)
    return;

  g_clear_object (&work->task);
  work_unref (work);
}

static void
task_begin (Round *self)
{
  self->object = G_OBJECT (ta_queue_new (0));
  if (g_rand_boolean (self->rand))
    self->stopped = NULL;
}

static void
task_assist (Round *self)
{
  while (return_one (self))
    ;
}

/* The data of every task is freed, if not at once. */
static void
task_check (Round *self)
{
  const gint64 end = g_get_monotonic_time () + STRESS_PATIENCE_US;

  while (g_atomic_int_get (&self->n_data) > 0)
    {
      if (g_get_monotonic_time () > end)
        round_fail (self, "the data of %d tasks was not freed", g_atomic_int_get (&self->n_data));
      task_assist (self);
      test_turn_all (NULL);
      g_thread_yield ();
    }
}

const Scenario task_rounds = { .path = "/stress/task/ends-once",
                               .max_parties = MAX_PARTIES,
                               .max_ops = 200,
                               .stops_runner = TRUE,
                               .begin = task_begin,
                               .act = task_act,
                               .assist = task_assist,
                               .check = task_check,
                               .forget = task_forget };
