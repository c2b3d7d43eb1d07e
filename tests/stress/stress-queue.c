/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

/* Rounds in which everybody puts into a queue, gets from it, and sometimes closes it. */

static TaQueue *
get_queue (Round *self)
{
  return TA_QUEUE (self->object);
}

static void
queue_begin (Round *self)
{
  static const guint capacities[] = { 0, 1, 1, 2, 3, 7 };

  self->start.capacity =
      capacities[g_rand_int_range (self->rand, 0, (int) G_N_ELEMENTS (capacities))];
  self->object = G_OBJECT (ta_queue_new (self->start.capacity));
  self->helped_at = -1;
  self->help_pause = 10 * 1000;
}

/* Takes note of what a put or a get came to. */
static void
queue_note (Party *self, gboolean succeeded, GValue *value, GError *error)
{
  Op *op = party_get_pending (self);

  if (!succeeded)
    {
      party_end_with_error (self, error);
    }
  else
    {
      if (op->kind == OP_GET && !ta_value_take_int (value, &op->value, &error))
        round_fail (self->round, "not what was put: %s", error->message);
      party_end (self, RESULT_OK);
    }

  if (G_IS_VALUE (value))
    g_value_unset (value);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Party   *self = data;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded = ta_queue_put_finish (TA_QUEUE (source), result, &error);

  queue_note (self, succeeded, &value, error);
  party_go_on (self);
}

static void
get_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Party   *self = data;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded = ta_queue_get_finish (TA_QUEUE (source), result, &value, &error);

  queue_note (self, succeeded, &value, error);
  party_go_on (self);
}

static gboolean
go_on_cb (gpointer data)
{
  Party *self = data;

  if (party_get_pending (self)->kind == OP_GET)
    {
      g_clear_object (&self->reservation);
      party_end (self, RESULT_GIVEN_BACK);
    }
  party_go_on (self);

  return G_SOURCE_REMOVE;
}

/*
 * Goes on in a turn of its own, when nobody else holds the result: to free it is to give back what is
 * in it.
 */
static void
go_on_later (Party *self)
{
  GSource *idle = g_idle_source_new ();

  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, go_on_cb, self, NULL);
  g_source_attach (idle, g_main_context_get_thread_default ());
  g_source_unref (idle);
}

static void
not_finished_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Party *self = data;

  self->reservation = g_object_ref (result);
  go_on_later (self);
}

static void
reserved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Party  *self = data;
  GError *error = NULL;

  self->reservation = ta_queue_reserve_finish (TA_QUEUE (source), result, &error);
  if (self->reservation != NULL)
    party_end (self, RESULT_OK);
  else
    party_end_with_error (self, error);

  /* Whoever has a place uses it before anything else. */
  if (self->reservation != NULL)
    self->n_ops = MAX (self->n_ops, 1);
  go_on_later (self);
}

static void
use_reservation (Party *self)
{
  TaQueue *queue = get_queue (self->round);
  gint64   number = party_new_value (self->round);

  self->timeout_us = TA_TIMEOUT_INFINITE;
  if (party_random (self, 2) == 0)
    {
      GError *error = NULL;

      party_begin (self, OP_COMMIT, number);
      if (ta_queue_put_reserved (queue, self->reservation, TA_VALUE_INT (number), &error))
        party_end (self, RESULT_OK);
      else
        party_end_with_error (self, error);
      if (ta_queue_put_reserved (queue, self->reservation, TA_VALUE_INT (number), NULL))
        round_fail (self->round, "a place was used twice");
      g_clear_object (&self->reservation);
    }
  else
    {
      party_begin (self, OP_RELEASE, 0);
      if (party_random (self, 2) == 0)
        ta_queue_release_reserved (queue, self->reservation);
      g_clear_object (&self->reservation);
      party_end (self, RESULT_OK);
    }
}

static void
close_queue (Party *self)
{
  party_begin (self, OP_CLOSE, 0);
  ta_queue_close (get_queue (self->round));
  party_end (self, RESULT_OK);
}

/* Waits for a place, or for an item that it will not take. */
static gboolean
act_in_two_steps (Party *self, gboolean puts)
{
  TaQueue *queue = get_queue (self->round);

  if (!puts && !self->round->scenario->gives_back)
    return TRUE;

  party_begin (self, puts ? OP_RESERVE : OP_GET, 0);
  party_waits (self, puts ? OP_PUT : OP_GET);
  if (puts)
    ta_queue_reserve_async (queue, self->timeout_us, self->cancellable, reserved_cb, self);
  else
    ta_queue_get_async (queue, self->timeout_us, self->cancellable, not_finished_cb, self);

  return FALSE;
}

/* A place that it has been given, and has not come to use, is free again. */
static void
queue_forget (Party *self)
{
  gboolean has_place = self->reservation != NULL && party_get_pending (self)->result != RESULT_NONE;

  if (has_place)
    party_begin (self, OP_RELEASE, 0);
  g_clear_object (&self->reservation);
  if (has_place)
    party_end (self, RESULT_OK);
}

static gboolean
queue_act (Party *self)
{
  TaQueue *queue = get_queue (self->round);
  gboolean puts = party_random (self, 16) < 6 + 4 * (int) (self->id % 2);
  gboolean tries = party_random (self, 4) == 0;
  gint64   number = puts ? party_new_value (self->round) : 0;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded;

  if (self->reservation != NULL)
    {
      use_reservation (self);
      return TRUE;
    }

  if (party_random (self, (int) self->round->n_ops * 8) == 0)
    {
      close_queue (self);
      return TRUE;
    }

  party_choose (self);
  if (self->runner != NULL && !tries && party_random (self, 3) == 0)
    return act_in_two_steps (self, puts);

  party_begin (self, puts ? OP_PUT : OP_GET, number);
  if (!tries)
    party_waits (self, puts ? OP_PUT : OP_GET);

  if (!tries && self->runner != NULL)
    {
      if (puts)
        ta_queue_put_async (queue, TA_VALUE_INT (number), self->timeout_us, self->cancellable,
                            put_cb, self);
      else
        ta_queue_get_async (queue, self->timeout_us, self->cancellable, get_cb, self);
      return FALSE;
    }

  if (tries && puts)
    succeeded = ta_queue_try_put (queue, TA_VALUE_INT (number), &error);
  else if (tries)
    succeeded = ta_queue_try_get (queue, &value, &error);
  else if (puts)
    succeeded = ta_queue_put_wait (queue, TA_VALUE_INT (number), self->timeout_us,
                                   self->cancellable, &error);
  else
    succeeded = ta_queue_get_wait (queue, &value, self->timeout_us, self->cancellable, &error);
  queue_note (self, succeeded, &value, error);

  return TRUE;
}

/* The coordinator's own operations. */
static OpResult
try_get (Round *self)
{
  Op    *op = history_begin (self->history, OP_GET, MAX_PARTIES, 0);
  GValue value = G_VALUE_INIT;

  if (ta_queue_try_get (get_queue (self), &value, NULL))
    {
      ta_value_take_int (&value, &op->value, NULL);
      history_end (op, RESULT_OK);
    }
  else
    {
      history_end (op,
                   ta_queue_get_closed (get_queue (self)) ? RESULT_CANCELLED : RESULT_WOULD_BLOCK);
    }

  return op->result;
}

static void
try_put (Round *self)
{
  gint64 number = party_new_value (self);
  Op    *op = history_begin (self->history, OP_PUT, MAX_PARTIES, number);

  if (ta_queue_try_put (get_queue (self), TA_VALUE_INT (number), NULL))
    history_end (op, RESULT_OK);
  else
    history_end (op,
                 ta_queue_get_closed (get_queue (self)) ? RESULT_CANCELLED : RESULT_WOULD_BLOCK);
}

/*
 * Only if that is what is missing: who waits for an item though there is one has missed it, and must
 * not be helped. And once for each operation that ends: who has been helped may not come to say so for
 * long, where there are few processors. Now and then again, since it may have helped one whose runner has
 * stopped, and who never says so.
 */
static void
queue_assist (Round *self)
{
  TaQueue *queue = get_queue (self);
  int      n_progress = g_atomic_int_get (&self->n_progress);
  gint64   now = g_get_monotonic_time ();

  if (ta_queue_get_closed (queue) || (n_progress == self->helped_at && now < self->help_again))
    return;

  if (round_has_waiting (self, OP_GET) && ta_queue_get_is_empty (queue))
    try_put (self);
  else if (round_has_waiting (self, OP_PUT) && ta_queue_get_is_full (queue))
    try_get (self);
  else
    return;

  if (n_progress == self->helped_at)
    self->help_pause *= 2;
  self->helped_at = n_progress;
  self->help_again = now + self->help_pause;
}

static void
queue_empty (Round *self)
{
  while (try_get (self) == RESULT_OK)
    ;
}

static void
queue_check_small (Round *self)
{
  queue_empty (self);
  round_check_linear (self, model_queue_step);
}

static void
queue_check_long (Round *self)
{
  g_autoptr (GArray) all = NULL;
  g_autofree char   *fault = NULL;

  queue_empty (self);
  all = round_collect (self);
  fault = history_find_queue_fault (all, self->stopped == NULL);
  if (fault != NULL)
    round_fail (self, "%s", fault);
}

const Scenario queue_small = { .path = "/stress/queue/linearizable",
                               .max_parties = 6,
                               .max_ops = 36,
                               .gives_back = TRUE,
                               .begin = queue_begin,
                               .act = queue_act,
                               .assist = queue_assist,
                               .check = queue_check_small };

const Scenario queue_small_stopped = { .path = "/stress/queue/linearizable-stopped",
                                       .max_parties = 6,
                                       .max_ops = 36,
                                       .gives_back = TRUE,
                                       .stops_runner = TRUE,
                                       .begin = queue_begin,
                                       .act = queue_act,
                                       .assist = queue_assist,
                                       .check = queue_check_small,
                                       .forget = queue_forget };

const Scenario queue_long = { .path = "/stress/queue/fifo",
                              .max_parties = MAX_PARTIES,
                              .max_ops = 1500,
                              .begin = queue_begin,
                              .act = queue_act,
                              .assist = queue_assist,
                              .check = queue_check_long };

const Scenario queue_stopped = { .path = "/stress/queue/stopped",
                                 .max_parties = MAX_PARTIES,
                                 .max_ops = 600,
                                 .gives_back = TRUE,
                                 .stops_runner = TRUE,
                                 .begin = queue_begin,
                                 .act = queue_act,
                                 .assist = queue_assist,
                                 .check = queue_check_long,
                                 .forget = queue_forget };
