/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Part of the tests when they are built with the thread sanitizer.
 *
 * The sanitizer doesn't see what a GLib does that was not built with it: its locks, and its counts
 * of references. Whatever they order would look like a race. The functions here, and those in
 * tsan-contexts.c and tsan-sources.c, stand before GLib's own, and tell. test-tsan.c looks whether they
 * tell enough, and not too much.
 */

#include "tsan.h"

void
g_mutex_lock (GMutex *mutex)
{
  NEXT (g_mutex_lock)
  next (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked;

  NEXT (g_mutex_trylock)
  locked = next (mutex);
  if (locked)
    __tsan_acquire (mutex);

  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  NEXT (g_mutex_unlock)
  __tsan_release (mutex);
  next (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  NEXT (g_cond_wait)
  __tsan_release (mutex);
  next (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  NEXT (g_cond_wait_until)
  __tsan_release (mutex);
  signalled = next (cond, mutex, end_time);
  __tsan_acquire (mutex);

  return signalled;
}

/* Whoever finds that it has been done has what was done before; the macro looks for itself. */
gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean is_first;

  NEXT (g_once_init_enter)
  is_first = next (location);
  __tsan_acquire ((gpointer) location);

  return is_first;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  NEXT (g_once_init_leave)
  __tsan_release ((gpointer) location);
  next (location, result);
}

UNSEEN static GType
get_type_unseen (gpointer object)
{
  return G_TYPE_FROM_INSTANCE (object);
}

/*
 * A class is made with its first object, under a lock of GLib's, and does not change any more: whoever
 * makes another finds it made.
 */
static void
order_class (gpointer object)
{
  static gpointer
            known[4096]; /* relaxed atomics, so that they order nothing; one may push out another */
  gpointer  klass = ((GTypeInstance *) object)->g_class;
  gpointer *place = &known[((gsize) klass >> 4) % G_N_ELEMENTS (known)];
  GTypeQuery query;

  if (__atomic_load_n (place, __ATOMIC_RELAXED) == klass)
    return;

  g_type_query (get_type_unseen (object), &query);
  AnnotateBenignRaceSized (__FILE__, __LINE__, klass, query.class_size, "a class that is made");
  __atomic_store_n (place, klass, __ATOMIC_RELAXED);
}

gpointer
g_object_new (GType type, const char *first_property, ...)
{
  GObject *object;
  va_list  args;

  va_start (args, first_property);
  object = g_object_new_valist (type, first_property, args);
  va_end (args);
  order_class (object);

  return object;
}

/* Runs when the object is disposed of, after whoever has got it by a weak reference. */
static void
order_disposed_cb (gpointer data, GObject *object)
{
  __tsan_acquire (object);
  g_atomic_int_get (&object->ref_count);
  __tsan_release (object);
}

void
g_object_unref (gpointer data)
{
  GObject *object = data;
  /* GLib's own flag: then going from two references to one calls back. */
  int last = (g_datalist_get_flags (&object->qdata) & 1) != 0 ? 2 : 1;

  int count;

  NEXT (g_object_unref)

  for (count = g_atomic_int_get (&object->ref_count); count > last;
       count = g_atomic_int_get (&object->ref_count))
    {
      ORDER (object);
      if (g_atomic_int_compare_and_exchange (&object->ref_count, count, count - 1))
        return;
    }

  ORDER (object);
  if (count == 1)
    g_object_weak_ref (object, order_disposed_cb, NULL);
  /* It may not be the last one any more, for who has a weak reference. */
  __tsan_release (object);
  next (object);
}

typedef struct
{
  GFunc    func;
  gpointer data;
} OrderedPool;

static void
ordered_pool_func (gpointer item, gpointer data)
{
  OrderedPool *self = data;

  __tsan_acquire (self);
  self->func (item, self->data);
  __tsan_release (self);
}

/* What it calls is never freed: a thread of the pool may be about to call it. */
GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, int max_threads, gboolean exclusive, GError **error)
{
  OrderedPool *ordered = g_new (OrderedPool, 1);

  NEXT (g_thread_pool_new)
  *ordered = (OrderedPool){ func, data };

  return next (ordered_pool_func, ordered, max_threads, exclusive, error);
}

UNSEEN static OrderedPool *
get_ordered_pool (GThreadPool *pool)
{
  return pool->user_data;
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  NEXT (g_thread_pool_push)
  ORDER (get_ordered_pool (pool));

  return next (pool, data, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait_)
{
  OrderedPool *ordered = get_ordered_pool (pool);

  NEXT (g_thread_pool_free)
  next (pool, immediate, wait_);
  __tsan_acquire (ordered);
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  NEXT (g_async_queue_push)
  ORDER (queue);
  next (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data;

  NEXT (g_async_queue_pop)
  data = next (queue);
  ORDER (queue);

  return data;
}

/* Another thread finds the object that one has put there, as it was then. */
void
g_weak_ref_init (GWeakRef *weak_ref, gpointer object)
{
  NEXT (g_weak_ref_init)
  __tsan_release (weak_ref);
  next (weak_ref, object);
  __tsan_release (weak_ref);
}

void
g_weak_ref_set (GWeakRef *weak_ref, gpointer object)
{
  NEXT (g_weak_ref_set)
  ORDER (weak_ref);
  next (weak_ref, object);
  ORDER (weak_ref);
}

gpointer
g_weak_ref_get (GWeakRef *weak_ref)
{
  gpointer object;

  NEXT (g_weak_ref_get)
  object = next (weak_ref);
  __tsan_acquire (weak_ref);

  return object;
}

void
g_cancellable_cancel (GCancellable *cancellable)
{
  NEXT (g_cancellable_cancel)
  if (cancellable != NULL)
    __tsan_release (cancellable);
  next (cancellable);
}

gboolean
g_cancellable_is_cancelled (GCancellable *cancellable)
{
  gboolean is_cancelled;

  NEXT (g_cancellable_is_cancelled)
  is_cancelled = next (cancellable);
  if (is_cancelled)
    __tsan_acquire (cancellable);

  return is_cancelled;
}

gboolean
g_cancellable_set_error_if_cancelled (GCancellable *cancellable, GError **error)
{
  gboolean is_cancelled;

  NEXT (g_cancellable_set_error_if_cancelled)
  is_cancelled = next (cancellable, error);
  if (is_cancelled)
    __tsan_acquire (cancellable);

  return is_cancelled;
}

void
g_bytes_unref (GBytes *bytes)
{
  NEXT (g_bytes_unref)
  if (bytes != NULL)
    ORDER (bytes);
  next (bytes);
}

void
g_variant_unref (GVariant *variant)
{
  NEXT (g_variant_unref)
  ORDER (variant);
  next (variant);
}
