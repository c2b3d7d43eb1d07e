/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-items-private.h"

#define CHUNK_LENGTH 64

/* The values of a chunk from `first` to before `end`; one that has been removed is unset. */
struct _TaItemsChunk
{
  TaItemsChunk *next;
  TaItemsChunk *previous;
  guint         first;
  guint         end;
  GValue        values[CHUNK_LENGTH];
};

static inline gboolean
is_value (const GValue *slot)
{
  return G_VALUE_TYPE (slot) != G_TYPE_INVALID;
}

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
  chunk->next = chunk->previous = NULL;
  chunk->first = chunk->end = first;

  return chunk;
}

static void
ta_items_drop_chunk (TaItems *self, TaItemsChunk *chunk)
{
  if (chunk->previous != NULL)
    chunk->previous->next = chunk->next;
  else
    self->head = chunk->next;
  if (chunk->next != NULL)
    chunk->next->previous = chunk->previous;
  else
    self->tail = chunk->previous;

  g_free (self->spare);
  self->spare = chunk;
}

/* Moves a value to the end; its place stays the same until it leaves. */
GValue *
ta_items_push_tail (TaItems *self, GValue *value)
{
  TaItemsChunk *chunk = self->tail;
  GValue       *slot;

  if (chunk == NULL || chunk->end == CHUNK_LENGTH)
    {
      chunk = ta_items_get_chunk (self, 0);
      chunk->previous = self->tail;
      if (self->tail != NULL)
        self->tail->next = chunk;
      else
        self->head = chunk;
      self->tail = chunk;
    }

  slot = &chunk->values[chunk->end++];
  move_value (value, slot);
  self->length++;

  return slot;
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
      if (self->head != NULL)
        self->head->previous = chunk;
      else
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
  TaItemsChunk *chunk;
  gboolean      was_value;

  if (self->length == 0)
    return FALSE;

  do
    {
      GValue *slot;

      chunk = self->head;
      slot = &chunk->values[chunk->first++];
      was_value = is_value (slot);
      if (was_value)
        move_value (slot, value);
      if (chunk->first == chunk->end)
        ta_items_drop_chunk (self, chunk);
    }
  while (!was_value);

  self->length--;

  return TRUE;
}

/* Moves the value out that is at @slot, whatever its turn. */
void
ta_items_remove (TaItems *self, GValue *slot, GValue *value)
{
  TaItemsChunk *chunk = self->tail;

  move_value (slot, value);
  self->length--;

  /* Most of those that leave early came last: then there is no gap to be left. */
  while (chunk != NULL && !is_value (&chunk->values[chunk->end - 1]))
    {
      chunk->end--;
      if (chunk->first == chunk->end)
        ta_items_drop_chunk (self, chunk);
      chunk = self->tail;
    }
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
