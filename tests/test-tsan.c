/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the thread sanitizer is told of GLib's locks, and of its counts of references. */

#include "test-tsan-meeting.h"

static void
lock (gpointer data)
{
  g_mutex_init (&((Meeting *) data)->mutex);
  g_mutex_lock (&((Meeting *) data)->mutex);
}

static void
unlock (gpointer data)
{
  g_mutex_unlock (&((Meeting *) data)->mutex);
}

static void
receive_locked (gpointer data)
{
  Meeting *self = data;

  meeting_meet (self);
  g_mutex_lock (&self->mutex);
  meeting_received (self);
  g_mutex_unlock (&self->mutex);
  g_mutex_clear (&self->mutex);
}

static void
enter_once (gpointer data)
{
  g_assert_true (g_once_init_enter (&((Meeting *) data)->once));
}

static void
leave_once (gpointer data)
{
  g_once_init_leave (&((Meeting *) data)->once, 1);
}

static void
receive_once (gpointer data)
{
  Meeting *self = data;

  meeting_meet (self);
  g_assert_false (g_once_init_enter (&self->once));
  meeting_received (self);
}

static void
prepare_queue (gpointer data)
{
  ((Meeting *) data)->thing = g_async_queue_new ();
}

static void
push_to_queue (gpointer data)
{
  g_async_queue_push (((Meeting *) data)->thing, data);
}

static void
receive_from_queue (gpointer data)
{
  Meeting *self = data;

  meeting_meet (self);
  meeting_received (g_async_queue_pop (self->thing));
  g_async_queue_unref (self->thing);
}

static void
receive_in_pool_cb (gpointer item, gpointer data)
{
  meeting_received (item);
}

static void
prepare_pool (gpointer data)
{
  ((Meeting *) data)->thing = g_thread_pool_new (receive_in_pool_cb, NULL, 1, TRUE, NULL);
}

static void
push_to_pool (gpointer data)
{
  g_thread_pool_push (((Meeting *) data)->thing, data, NULL);
}

static void
receive_in_pool (gpointer data)
{
  Meeting *self = data;

  meeting_meet (self);
  g_thread_pool_free (self->thing, FALSE, TRUE);
}

static void
prepare_weak_ref (gpointer data)
{
  Meeting *self = data;

  self->thing = g_object_new (G_TYPE_OBJECT, NULL);
  g_weak_ref_init (&self->weak_ref, NULL);
}

static void
set_weak_ref (gpointer data)
{
  Meeting *self = data;

  g_weak_ref_set (&self->weak_ref, self->thing);
}

static void
receive_weak_ref (gpointer data)
{
  Meeting            *self = data;
  g_autoptr (GObject) object = NULL;

  meeting_meet (self);
  object = g_weak_ref_get (&self->weak_ref);
  g_assert_true (object == self->thing);
  meeting_received (self);
  g_weak_ref_clear (&self->weak_ref);
  g_object_unref (self->thing);
}

static void
prepare_cancellable (gpointer data)
{
  ((Meeting *) data)->thing = g_cancellable_new ();
}

static void
cancel (gpointer data)
{
  g_cancellable_cancel (((Meeting *) data)->thing);
}

static void
receive_cancelled (gpointer data)
{
  Meeting *self = data;

  meeting_meet (self);
  g_assert_true (g_cancellable_is_cancelled (self->thing));
  meeting_received (self);
  g_object_unref (self->thing);
}

/* The last reference. */

static void
prepare_object (gpointer data)
{
  Meeting *self = data;

  self->thing = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data_full (self->thing, "meeting", self, meeting_received);
  g_object_ref (self->thing);
}

static void
unref_object (gpointer data)
{
  g_object_unref (((Meeting *) data)->thing);
}

static void
receive_object (gpointer data)
{
  meeting_meet (data);
  unref_object (data);
}

static void
prepare_bytes (gpointer data)
{
  Meeting *self = data;

  self->thing = g_bytes_new_with_free_func ("a", 1, meeting_received, self);
  g_bytes_ref (self->thing);
}

static void
unref_bytes (gpointer data)
{
  g_bytes_unref (((Meeting *) data)->thing);
}

static void
receive_bytes (gpointer data)
{
  meeting_meet (data);
  unref_bytes (data);
}

static void
prepare_variant (gpointer data)
{
  Meeting *self = data;

  self->thing = g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE_BYTE, "a", 1, TRUE, meeting_received, self));
  g_variant_ref (self->thing);
}

static void
unref_variant (gpointer data)
{
  g_variant_unref (((Meeting *) data)->thing);
}

static void
receive_variant (gpointer data)
{
  meeting_meet (data);
  unref_variant (data);
}

static const Way ways[] = {
  { lock, unlock, receive_locked, "mutex" },
  { enter_once, leave_once, receive_once, "once" },
  { prepare_queue, push_to_queue, receive_from_queue, "queue" },
  { prepare_pool, push_to_pool, receive_in_pool, "pool" },
  { prepare_weak_ref, set_weak_ref, receive_weak_ref, "weak-ref" },
  { prepare_cancellable, cancel, receive_cancelled, "cancellable" },
  { prepare_object, unref_object, receive_object, "object" },
  { prepare_bytes, unref_bytes, receive_bytes, "bytes" },
  { prepare_variant, unref_variant, receive_variant, "variant" },
};

int
main (int argc, char **argv)
{
  return meeting_main (argc, argv, "tsan", ways, G_N_ELEMENTS (ways));
}
