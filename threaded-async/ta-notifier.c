/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-fork-private.h"
#include "ta-notifier-private.h"

/* Takes over the reference on @inbox, that of the context in which to notify. */
void
ta_notifier_init (TaNotifier *self, gpointer object, TaInbox *inbox, const TaNotifierClass *klass)
{
  self->offset = (int) ((guint8 *) self - (guint8 *) object);
  self->inbox = inbox;
  self->klass = klass;
}

void
ta_notifier_clear (TaNotifier *self)
{
  g_clear_pointer (&self->inbox, ta_inbox_unref);
}

static void
ta_notifier_item_cb (TaInboxItem *item, gboolean dropped)
{
  TaNotifier *self = TA_CONTAINER (item, TaNotifier, item);
  GObject    *object = (gpointer) ((guint8 *) self - self->offset);
  guint       pending = (guint) g_atomic_int_exchange ((int *) &self->pending, 0);

  /* From here on the next change queues the item anew, with a reference of its own. */

  for (guint id = 1; !dropped && id < 32 && pending >> id != 0; id++)
    {
      if ((pending & (1u << id)) == 0)
        continue;

      if (id < TA_NOTIFIER_SIGNAL (0))
        g_object_notify_by_pspec (object, self->klass->pspecs[id]);
      else
        g_signal_emit (object, self->klass->signals[id - TA_NOTIFIER_SIGNAL (0)], 0);
    }

  g_object_unref (object);
}

/* Whether anybody would hear a notification: nobody pays for one that nobody listens to. Which of the
 * properties it is about makes no difference. */
static gboolean
is_listened_to (TaNotifier *self, GObject *object, guint id)
{
  static gsize notify_id;
  guint        signal_id;

  if (id >= TA_NOTIFIER_SIGNAL (0))
    {
      signal_id = self->klass->signals[id - TA_NOTIFIER_SIGNAL (0)];
      return g_signal_has_handler_pending (object, signal_id, 0, FALSE);
    }

  if (g_once_init_enter (&notify_id))
    g_once_init_leave (&notify_id, g_signal_lookup ("notify", G_TYPE_OBJECT));
  signal_id = (guint) notify_id;

  /* Of any detail, and of none. */
  return G_OBJECT_GET_CLASS (object)->notify != NULL ||
         g_signal_handler_find (object, G_SIGNAL_MATCH_ID, signal_id, 0, NULL, NULL, NULL) != 0;
}

/* Queues what is to be told: a bit for each id. */
static void
queue (TaNotifier *self, GObject *object, guint ids)
{
  /* Taken before the bits are set: from then on the item's turn may come and let go of it. */
  g_object_ref (object);
  if (g_atomic_int_or (&self->pending, ids) == 0)
    ta_inbox_push (self->inbox, &self->item, ta_notifier_item_cb);
  else
    g_object_unref (object);
}

/*
 * Tells the listeners, in the object's main context, that a property has changed, or what a signal
 * says; from any thread, without a lock, after the change. The caller holds a reference on @object,
 * whose slot this is.
 */
void
ta_notifier_notify (TaNotifier *self, gpointer object, guint id)
{
  if (ta_has_forked)
    return;

  if (is_listened_to (self, object, id))
    queue (self, object, 1u << id);
}

/* The same for several properties, with a bit for each id: they are told in the same turn. */
void
ta_notifier_notify_properties (TaNotifier *self, gpointer object, guint ids)
{
  if (ta_has_forked)
    return;

  if (is_listened_to (self, object, 0))
    queue (self, object, ids);
}
