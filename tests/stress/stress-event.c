/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

/* Rounds in which everybody sets an event, clears it, and waits for it. */

static void
event_begin (Round *self)
{
  self->object = G_OBJECT (ta_event_new ());
}

static void
event_note (Party *self, gboolean succeeded, GError *error)
{
  if (succeeded)
    party_end (self, RESULT_OK);
  else
    party_end_with_error (self, error);
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Party   *self = data;
  GError  *error = NULL;
  gboolean succeeded = ta_event_wait_finish (TA_EVENT (source), result, &error);

  event_note (self, succeeded, error);
  party_go_on (self);
}

static gboolean
event_act (Party *self)
{
  TaEvent *event = TA_EVENT (self->round->object);
  GError  *error = NULL;
  gboolean succeeded;
  Op      *op;

  switch (party_random (self, 8))
    {
    case 0:
      party_begin (self, OP_SET, 0);
      ta_event_set (event);
      party_end (self, RESULT_OK);
      break;
    case 1:
      party_begin (self, OP_CLEAR, 0);
      ta_event_clear (event);
      party_end (self, RESULT_OK);
      break;
    case 2:
      op = party_begin (self, OP_IS_SET, 0);
      op->value = ta_event_get_is_set (event);
      party_end (self, RESULT_OK);
      break;
    case 3:
      self->timeout_us = 0;
      party_begin (self, OP_WAIT, 0);
      succeeded = ta_event_try_wait (event, &error);
      event_note (self, succeeded, error);
      break;
    default:
      party_choose (self);
      party_begin (self, OP_WAIT, 0);
      party_waits (self, OP_WAIT);
      if (self->runner != NULL)
        {
          ta_event_wait_async (event, self->timeout_us, self->cancellable, wait_cb, self);
          return FALSE;
        }
      succeeded = ta_event_wait (event, self->timeout_us, self->cancellable, &error);
      event_note (self, succeeded, error);
    }

  return TRUE;
}

static void
event_assist (Round *self)
{
  TaEvent *event = TA_EVENT (self->object);
  Op      *op;

  if (!round_has_waiting (self, OP_WAIT) || ta_event_get_is_set (event))
    return;

  op = history_begin (self->history, OP_SET, MAX_PARTIES, 0);
  ta_event_set (event);
  history_end (op, RESULT_OK);
}

static void
event_check (Round *self)
{
  round_check_linear (self, model_event_step);
}

const Scenario event_small = { .path = "/stress/event/linearizable",
                               .max_parties = 6,
                               .max_ops = 48,
                               .begin = event_begin,
                               .act = event_act,
                               .assist = event_assist,
                               .check = event_check };
