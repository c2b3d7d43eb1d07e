/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "history.h"

/* The objects as a textbook has them: one operation after the other. */

/* In place of the kind of what was granted: neither an item nor a place. */
#define NOTHING G_MAXUINT

static gboolean
is_full (const Model *self)
{
  return self->capacity != 0 && self->n_items + self->n_reserved >= self->capacity;
}

static gboolean
append (Model *self, gint64 value)
{
  if (self->n_items == G_N_ELEMENTS (self->items))
    return FALSE;

  self->items[self->n_items++] = value;

  return TRUE;
}

/* Takes the first item, and says which number it has. */
static guint
take (Model *self)
{
  guint serial;

  self->n_items--;
  memmove (self->items, self->items + 1, self->n_items * sizeof self->items[0]);
  self->items[self->n_items] = 0;

  if (self->n_returned == 0)
    return self->n_taken++;

  serial = self->serials[0];
  self->n_returned--;
  memmove (self->serials, self->serials + 1, self->n_returned * sizeof self->serials[0]);
  self->serials[self->n_returned] = 0;

  return serial;
}

/* Gives an item back: to the front, but behind those that were taken before it. */
static void
give_back (Model *self, gint64 value, guint serial)
{
  guint i = 0;

  while (i < self->n_returned && self->serials[i] < serial)
    i++;

  memmove (self->serials + i + 1, self->serials + i,
           (self->n_returned - i) * sizeof self->serials[0]);
  self->serials[i] = serial;
  self->n_returned++;
  memmove (self->items + i + 1, self->items + i, (self->n_items - i) * sizeof self->items[0]);
  self->items[i] = value;
  self->n_items++;
}

/* Somebody is given an item, or a place, or nothing; in @op is which of the two. */
static gboolean
grant (Model *self, const Op *op, guint variant)
{
  self->held[op->party].has = variant == 0 ? NOTHING : (guint) op->value;
  if (variant == 0)
    return TRUE;

  if (op->value == OP_RESERVE)
    {
      if (self->is_set || is_full (self))
        return FALSE;
      self->n_reserved++;
      return TRUE;
    }

  if (self->n_items == 0)
    return FALSE;
  self->held[op->party].value = self->items[0];
  self->held[op->party].serial = take (self);

  return TRUE;
}

/* What was granted before, and after that nothing else to the same party. */
static gboolean
ungrant (Model *self, const Op *op)
{
  if (self->held[op->party].has == 0)
    return FALSE;
  if (self->held[op->party].has == OP_RESERVE)
    self->n_reserved--;
  else if (self->held[op->party].has != NOTHING)
    give_back (self, self->held[op->party].value, self->held[op->party].serial);
  memset (&self->held[op->party], 0, sizeof self->held[op->party]);

  return TRUE;
}

/* A FIFO queue of at most so many items. */
gboolean
model_queue_step (Model *self, const Op *op, guint variant)
{
  switch (op->kind)
    {
    case OP_CLOSE:
      self->is_set = TRUE;
      return TRUE;
    case OP_PUT:
    case OP_RESERVE:
      if (op->result == RESULT_UNKNOWN && variant == 0)
        return TRUE;
      if (op->result == RESULT_CLOSED)
        return self->is_set;
      if (op->result == RESULT_WOULD_BLOCK)
        return !self->is_set && is_full (self);
      if (self->is_set || is_full (self))
        return FALSE;
      if (op->kind == OP_PUT)
        return append (self, op->value);
      self->n_reserved++;
      return TRUE;
    case OP_COMMIT:
      if (self->is_set != (op->result == RESULT_CLOSED))
        return FALSE;
      if (self->is_set)
        return TRUE;
      self->n_reserved--;
      return append (self, op->value);
    case OP_RELEASE:
      self->n_reserved--;
      return TRUE;
    case OP_GET:
      if (op->result != RESULT_OK)
        return self->n_items == 0 && self->is_set == (op->result == RESULT_CLOSED);
      if (self->n_items == 0 || self->items[0] != op->value)
        return FALSE;
      take (self);
      return TRUE;
    case OP_GRANT:
      return grant (self, op, variant);
    case OP_RETURN:
      return ungrant (self, op);
    default:
      return FALSE;
    }
}

/* A flag. */
gboolean
model_event_step (Model *self, const Op *op, guint variant)
{
  switch (op->kind)
    {
    case OP_SET:
    case OP_CLEAR:
      self->is_set = op->kind == OP_SET;
      return TRUE;
    case OP_WAIT:
      return self->is_set == (op->result == RESULT_OK);
    case OP_IS_SET:
      return self->is_set == op->value;
    default:
      return FALSE;
    }
}

/* A value that can be set once, by the holders of so many references. */
gboolean
model_future_step (Model *self, const Op *op, guint variant)
{
  switch (op->kind)
    {
    case OP_CLAIM:
      if (self->is_set)
        return FALSE;
      self->is_set = TRUE;
      self->value = op->value;
      return TRUE;
    case OP_END:
      if (!self->is_set || self->is_done || self->value != op->value)
        return FALSE;
      self->is_done = TRUE;
      return TRUE;
    case OP_REFUSED_RETURN:
      return self->is_set;
    case OP_UNREF:
      if (--self->n_refs == 0 && !self->is_set)
        self->is_set = self->is_done = self->is_dropped = TRUE;
      return TRUE;
    case OP_READ:
      if (op->result == RESULT_WOULD_BLOCK)
        return !self->is_done;
      if (op->result == RESULT_DROPPED)
        return self->is_dropped;
      return self->is_done && !self->is_dropped && self->value == op->value;
    case OP_IS_DONE:
      return self->is_done == op->value;
    default:
      return FALSE;
    }
}
