/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-items-private.h"

#define CHUNK_LENGTH 64

/* The values of a chunk from `first` to before `end`, of which there is one at least. */
struct _TaItemsChunk
{
  TaItemsChunk *next;
  guint         first;
  guint         end;
  GValue        values[CHUNK_LENGTH];
};

static inline void
move_value (GValue *from, GValue *to)
{
  *to = *from;
  *from = (GValue) G_VALUE_INIT;
}

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

static void
ta_items_drop_head (TaItems *self)
{
  TaItemsChunk *chunk = self->head;

  self->head = chunk->next;
  if (self->head == NULL)
    self->tail = NULL;

  g_free (self->spare);
  self->spare = chunk;
}

/* Moves a value to the end. */
void
ta_items_push_tail (TaItems *self, GValue *value)
{
  TaItemsChunk *chunk = self->tail;

  if (chunk == NULL || chunk->end == CHUNK_LENGTH)
    {
      chunk = ta_items_get_chunk (self, 0);
      if (self->tail != NULL)
        self->tail->next = chunk;
      else
        self->head = chunk;
      self->tail = chunk;
    }

  move_value (value, &chunk->values[chunk->end++]);
  self->length++;
}

/* Moves a value in at @position from the front, which is to be a small one. */
void
ta_items_insert (TaItems *self, gsize position, GValue *value)
{
  TaItemsChunk *chunk = self->head;
  guint         i;

  if (chunk == NULL || chunk->first == 0)
    {
      chunk = ta_items_get_chunk (self, CHUNK_LENGTH);
      chunk->next = self->head;
      if (self->tail == NULL)
        self->tail = chunk;
      self->head = chunk;
    }

  /* Those before it move up by one. */
  i = --chunk->first;
  self->length++;
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

/* Moves the first value out; FALSE if there is none. */
gboolean
ta_items_pop_head (TaItems *self, GValue *value)
{
  TaItemsChunk *chunk = self->head;

  if (chunk == NULL)
    return FALSE;

  move_value (&chunk->values[chunk->first++], value);
  self->length--;
  if (chunk->first == chunk->end)
    ta_items_drop_head (self);

  return TRUE;
}

/* Frees everything; without a lock. */
void
ta_items_clear (TaItems *self)
{
  GValue value = G_VALUE_INIT;

  while (ta_items_pop_head (self, &value))
    g_value_unset (&value);

  g_clear_pointer (&self->spare, g_free);
}
