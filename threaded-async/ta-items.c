/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-items-private.h"

/* Returns a chunk whose values begin, and end, at @first. */
static TaItemsChunk *
ta_items_get_chunk (TaItems *self, guint first)
{
  TaItemsChunk *chunk = g_steal_pointer (&self->spare);

  if (chunk == NULL)
    chunk = g_new (TaItemsChunk, 1);
  chunk->next = NULL;
  chunk->first = chunk->end = first;

  return chunk;
}

/* Adds a chunk to the end, for a value with this number that is about to come. */
void
ta_items_add_chunk (TaItems *self, guint64 serial)
{
  TaItemsChunk *chunk = ta_items_get_chunk (self, 0);

  chunk->serial = serial;
  if (self->tail != NULL)
    self->tail->next = chunk;
  else
    self->head = chunk;
  self->tail = chunk;
}

/*
 * Drops the first chunk, whose last value is gone. The first to go after a burst is kept: it is the one
 * that came first, and the memory above it can be given back as a whole.
 */
void
ta_items_drop_chunk (TaItems *self)
{
  TaItemsChunk *chunk = self->head;

  self->head = chunk->next;
  if (self->head == NULL)
    self->tail = NULL;

  if (self->spare == NULL)
    self->spare = chunk;
  else
    g_free (chunk);
}

/* Moves a value in at @position from the front, which is to be a small one. Its number, and that of
 * those before it, is for the caller to remember. */
void
ta_items_insert (TaItems *self, gsize position, GValue *value)
{
  TaItemsChunk *chunk = self->head;
  guint         i;

  if (chunk == NULL || chunk->first == 0)
    {
      chunk = ta_items_get_chunk (self, TA_ITEMS_CHUNK_LENGTH);
      chunk->next = self->head;
      if (self->tail == NULL)
        self->tail = chunk;
      self->head = chunk;
    }

  /* Those before it move up by one. */
  i = --chunk->first;
  while (position-- > 0)
    {
      TaItemsChunk *next = i + 1 < chunk->end ? chunk : chunk->next;
      guint         next_i = next == chunk ? i + 1 : next->first;

      chunk->values[i] = next->values[next_i];
      chunk = next;
      i = next_i;
    }

  chunk->values[i] = *value;
  *value = (GValue) G_VALUE_INIT;
}

/* Moves everything to @other, which is empty; for which it gets an empty chunk, if there is one. */
void
ta_items_move_all (TaItems *self, TaItems *other)
{
  other->head = self->head;
  other->tail = self->tail;
  self->head = self->tail = NULL;
  if (self->spare == NULL)
    self->spare = g_steal_pointer (&other->spare);
}

/* Frees everything; without a lock. */
void
ta_items_clear (TaItems *self)
{
  GValue value = G_VALUE_INIT;

  while (!ta_items_is_empty (self))
    {
      ta_items_pop_head (self, &value);
      g_value_unset (&value);
    }

  g_clear_pointer (&self->spare, g_free);
}
