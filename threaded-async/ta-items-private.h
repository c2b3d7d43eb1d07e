/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define TA_ITEMS_CHUNK_LENGTH 64

typedef struct _TaItemsChunk TaItemsChunk;

/* The values of a chunk from `first` to before `end`, of which there is one at least. */
struct _TaItemsChunk
{
  TaItemsChunk *next;
  guint         first;
  guint         end;
  guint64       serial; /* the number of the value at 0; the others count on */
  GValue        values[TA_ITEMS_CHUNK_LENGTH];
};

/*
 * The values of a queue, in chunks, so that to grow moves nothing and a burst gives its memory back.
 * Values are moved in and out: nothing here copies or frees one, which may run foreign code, since
 * all of it is done under the queue's lock.
 */
typedef struct
{
  TaItemsChunk *head;
  TaItemsChunk *tail;
  TaItemsChunk *spare; /* one that is empty, to save those that come and go the allocation */
} TaItems;

void ta_items_insert (TaItems *self, gsize position, GValue *value);
void ta_items_move_all (TaItems *self, TaItems *other);
void ta_items_clear (TaItems *self);

void ta_items_add_chunk (TaItems *self, guint64 serial);
void ta_items_drop_chunk (TaItems *self);

static inline gboolean
ta_items_is_empty (const TaItems *self)
{
  return self->head == NULL;
}

/* Moves a value to the end, whose number is the next. */
static inline void
ta_items_push_tail (TaItems *self, GValue *value, guint64 serial)
{
  TaItemsChunk *chunk = self->tail;

  if (G_UNLIKELY (chunk == NULL || chunk->end == TA_ITEMS_CHUNK_LENGTH))
    {
      ta_items_add_chunk (self, serial);
      chunk = self->tail;
    }

  chunk->values[chunk->end++] = *value;
  *value = (GValue) G_VALUE_INIT;
}

/* Moves the first value out, of which there is one, and returns its number. */
static inline guint64
ta_items_pop_head (TaItems *self, GValue *value)
{
  TaItemsChunk *chunk = self->head;
  guint64       serial = chunk->serial + chunk->first;

  /* The place that it leaves is not written to: the cache line may belong to who put it. */
  *value = chunk->values[chunk->first++];
  if (G_UNLIKELY (chunk->first == chunk->end))
    ta_items_drop_chunk (self);

  return serial;
}

G_END_DECLS
