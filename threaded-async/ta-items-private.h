/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _TaItemsChunk TaItemsChunk;

/*
 * The values of a queue, in chunks, so that to grow moves nothing and a burst gives its memory back.
 * Values are moved in and out: nothing here copies or frees one, which may run foreign code, since
 * all of it is done under the queue's lock.
 */
typedef struct
{
  TaItemsChunk *head;
  TaItemsChunk *tail;
  TaItemsChunk *spare;  /* one that is empty, to save those that come and go the allocation */
  gsize         length; /* the number of values */
} TaItems;

void     ta_items_push_tail (TaItems *self, GValue *value);
void     ta_items_insert (TaItems *self, gsize position, GValue *value);
gboolean ta_items_pop_head (TaItems *self, GValue *value);
void     ta_items_clear (TaItems *self);

G_END_DECLS
