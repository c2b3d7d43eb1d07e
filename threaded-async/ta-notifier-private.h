/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-inbox-private.h"

G_BEGIN_DECLS

/*
 * The slot of an object for the notifications that are on their way to its main context: of changed
 * properties, and of signals without arguments. There is one of a kind at most per turn, and it
 * tells the state at that time; while one is queued the slot holds a reference on the object.
 */
typedef struct
{
  GParamSpec *const *pspecs;  /* by their id */
  const guint       *signals; /* by their number; signals without arguments */
} TaNotifierClass;

/* The id of a signal. */
#define TA_NOTIFIER_SIGNAL(number) (16u + (number))

typedef struct
{
  TaInbox               *inbox;   /* const, owned */
  const TaNotifierClass *klass;   /* const */
  guint                  pending; /* atomic: a bit for each id */
  int                    offset;  /* const: where it is in its object; a reference on which is held
                               * while an item is queued */
  TaInboxItem            item;    /* the inbox's, while something is pending */
} TaNotifier;

void
ta_notifier_init (TaNotifier *self, gpointer object, TaInbox *inbox, const TaNotifierClass *klass);
void ta_notifier_clear (TaNotifier *self);
void ta_notifier_notify (TaNotifier *self, gpointer object, guint id);
void ta_notifier_notify_properties (TaNotifier *self, gpointer object, guint ids);

G_END_DECLS
