/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

/* Rounds in which everybody returns a promise, drops it, and reads its future. */

static void
future_begin (Round *self)
{
  self->promise = ta_promise_new ();
  self->object = G_OBJECT (ta_promise_get_future (self->promise));
  self->start.n_refs = self->n_parties + 1;

  for (guint i = 0; i < self->n_parties; i++)
    {
      ta_promise_ref (self->promise);
      self->parties[i].has_ref = TRUE;
    }
}

static void
future_note (Party *self, gboolean succeeded, GValue *value, GError *error)
{
  Op *op = party_get_pending (self);

  if (!succeeded)
    {
      party_end_with_error (self, error);
    }
  else
    {
      if (!ta_value_take_int (value, &op->value, &error))
        round_fail (self->round, "not what was returned: %s", error->message);
      party_end (self, RESULT_OK);
    }

  if (G_IS_VALUE (value))
    g_value_unset (value);
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Party   *self = data;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded = ta_future_wait_finish (TA_FUTURE (source), result, &value, &error);

  future_note (self, succeeded, &value, error);
  party_go_on (self);
}

static void
drop (Party *self)
{
  party_begin (self, OP_UNREF, 0);
  self->has_ref = FALSE;
  ta_promise_unref (self->round->promise);
  party_end (self, RESULT_OK);
}

/* A return that succeeds is two operations: others see the first before the future is done. */
static void
give_back (Party *self)
{
  gint64 number = party_new_value (self->round);
  Op    *op = party_begin (self, OP_CLAIM, number), end;

  if (ta_promise_try_return_value (self->round->promise, TA_VALUE_INT (number), NULL))
    {
      party_end (self, RESULT_OK);
      end = *party_get_pending (self);
      end.kind = OP_END;
      g_array_append_val (self->history, end);
    }
  else
    {
      op->kind = OP_REFUSED_RETURN;
      party_end (self, RESULT_OK);
    }
}

static gboolean
future_act (Party *self)
{
  TaFuture *future = TA_FUTURE (self->round->object);
  GValue    value = G_VALUE_INIT;
  GError   *error = NULL;
  gboolean  succeeded;
  Op       *op;

  if (self->has_ref && (self->n_ops == 0 || party_random (self, 5) == 0))
    {
      drop (self);
      return TRUE;
    }

  switch (party_random (self, 12))
    {
    case 0:
      if (self->has_ref)
        give_back (self);
      break;
    case 1:
    case 2:
      op = party_begin (self, OP_IS_DONE, 0);
      op->value = ta_future_get_done (future);
      party_end (self, RESULT_OK);
      break;
    case 3:
    case 4:
      self->timeout_us = 0;
      party_begin (self, OP_READ, 0);
      succeeded = ta_future_try_wait (future, &value, &error);
      future_note (self, succeeded, &value, error);
      break;
    default:
      party_choose (self);
      /* Who could drop it himself does not wait for that. */
      if (self->has_ref && self->timeout_us == TA_TIMEOUT_INFINITE)
        self->timeout_us = 100;
      party_begin (self, OP_READ, 0);
      party_waits (self, OP_READ);
      if (self->runner != NULL)
        {
          ta_future_wait_async (future, self->timeout_us, self->cancellable, wait_cb, self);
          return FALSE;
        }
      succeeded = ta_future_wait (future, &value, self->timeout_us, self->cancellable, &error);
      future_note (self, succeeded, &value, error);
    }

  return TRUE;
}

/* The coordinator lets go of the promise right away: then only the parties decide. */
static void
future_assist (Round *self)
{
  Op *op;

  if (self->has_let_go)
    return;

  op = history_begin (self->history, OP_UNREF, MAX_PARTIES, 0);
  self->has_let_go = TRUE;
  ta_promise_unref (self->promise);
  history_end (op, RESULT_OK);
}

static void
future_check (Round *self)
{
  future_assist (self);
  if (!ta_future_get_done (TA_FUTURE (self->object)))
    round_fail (self, "nobody has the promise, and the future is not done");
  round_check_linear (self, model_future_step);
}

const Scenario future_small = { .path = "/stress/future/linearizable",
                                .max_parties = 6,
                                .max_ops = 40,
                                .begin = future_begin,
                                .act = future_act,
                                .assist = future_assist,
                                .check = future_check };
