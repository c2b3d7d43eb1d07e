/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What orders the threads that make sources and those that dispatch them, for the thread sanitizer: see
 * tsan.c. GLib does it under the lock of their context, which is told where they come and go, and before
 * and after each of their functions.
 */

#include "tsan.h"

typedef struct
{
  GSourceFuncs  funcs;
  GSourceFuncs *original;
} OrderedFuncs;

UNSEEN static GSourceFuncs *
get_original (GSource *source)
{
  return ((OrderedFuncs *) source->source_funcs)->original;
}

static gboolean
ordered_prepare (GSource *source, int *timeout)
{
  gboolean result;

  tsan_order_iterated ();
  result = get_original (source)->prepare (source, timeout);
  tsan_order_iterated ();

  return result;
}

static gboolean
ordered_check (GSource *source)
{
  gboolean result;

  tsan_order_iterated ();
  result = get_original (source)->check (source);
  tsan_order_iterated ();

  return result;
}

static gboolean
ordered_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  gboolean result;

  tsan_order_iterated ();
  result = get_original (source)->dispatch (source, callback, data);
  tsan_order_iterated ();

  return result;
}

/* It may be another thread that drops the last reference. */
static void
ordered_finalize (GSource *source)
{
  __tsan_acquire (source);
  tsan_order_iterated ();
  get_original (source)->finalize (source);
}

/* The same functions, but what was done before the source was attached is done. */
static GSourceFuncs *
ordered_funcs (GSourceFuncs *original)
{
  static GMutex      lock;
  static GHashTable *known;
  OrderedFuncs      *self;

  g_mutex_lock (&lock);
  if (known == NULL)
    known = g_hash_table_new (NULL, NULL);
  self = g_hash_table_lookup (known, original);
  if (self == NULL)
    {
      self = g_new (OrderedFuncs, 1);
      self->funcs = *original;
      self->funcs.prepare = original->prepare != NULL ? ordered_prepare : NULL;
      self->funcs.check = original->check != NULL ? ordered_check : NULL;
      self->funcs.dispatch = ordered_dispatch;
      self->funcs.finalize = original->finalize != NULL ? ordered_finalize : NULL;
      self->original = original;
      g_hash_table_insert (known, original, self);
      g_hash_table_insert (known, self, self);
    }
  g_mutex_unlock (&lock);

  return &self->funcs;
}

/*
 * What a source is for GLib is looked at, and changed, unseen: the thread of its context may drop the
 * last reference at the same moment, and GLib does not show that it comes after this.
 */
UNSEEN static GMainContext *
get_source_context (GSource *source)
{
  return source->context;
}

UNSEEN static GSourceFuncs *
get_funcs (GSource *source)
{
  return (GSourceFuncs *) source->source_funcs;
}

UNSEEN static void
set_funcs (GSource *source, GSourceFuncs *funcs)
{
  source->source_funcs = funcs;
}

static void
order_source (GSource *source)
{
  GMainContext *context = get_source_context (source);

  if (context != NULL)
    ORDER (context);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  guint id;

  NEXT (g_source_attach)
  /* GLib looks for this one by its address. */
  if (get_funcs (source) != &g_child_watch_funcs)
    set_funcs (source, ordered_funcs (get_funcs (source)));
  ORDER (tsan_get_context (context));
  id = next (source, context);

  return id;
}

void
g_source_set_ready_time (GSource *source, gint64 ready_time)
{
  NEXT (g_source_set_ready_time)
  order_source (source);
  next (source, ready_time);
}

void
g_source_destroy (GSource *source)
{
  NEXT (g_source_destroy)
  order_source (source);
  ORDER (source);
  next (source);
}

gboolean
g_source_remove (guint id)
{
  NEXT (g_source_remove)
  ORDER (g_main_context_default ());

  return next (id);
}

void
g_source_unref (GSource *source)
{
  NEXT (g_source_unref)
  order_source (source);
  ORDER (source);
  next (source);
}

/* A callback as GLib keeps it for a source, but seen: it goes when the last thread has done with it. */
typedef struct
{
  GSourceFunc    func;    /* const */
  gpointer       data;    /* const */
  GDestroyNotify destroy; /* const */
  int            refs;    /* atomic */
} OrderedCallback;

static void
ordered_callback_ref (gpointer data)
{
  OrderedCallback *self = data;

  g_atomic_int_inc (&self->refs);
}

static void
ordered_callback_unref (gpointer data)
{
  OrderedCallback *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;

  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

static void
ordered_callback_get (gpointer callback, GSource *source, GSourceFunc *func, gpointer *data)
{
  OrderedCallback *self = callback;

  *func = self->func;
  *data = self->data;
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  static GSourceCallbackFuncs funcs = { ordered_callback_ref, ordered_callback_unref,
                                        ordered_callback_get };

  OrderedCallback *self = g_new (OrderedCallback, 1);

  *self = (OrderedCallback){ func, data, destroy, 0 };
  g_atomic_int_set (&self->refs, 1);
  g_source_set_callback_indirect (source, self, &funcs);
}

/* What makes a source inside GLib makes one of these. */
static guint
attach_new (GSource       *source,
            GMainContext  *context,
            int            priority,
            GSourceFunc    func,
            gpointer       data,
            GDestroyNotify destroy)
{
  guint id;

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, data, destroy);
  id = g_source_attach (source, context);
  g_source_unref (source);

  return id;
}

guint
g_idle_add_full (int priority, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  return attach_new (g_idle_source_new (), NULL, priority, func, data, destroy);
}

guint
g_idle_add (GSourceFunc func, gpointer data)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, func, data, NULL);
}

guint
g_timeout_add_full (int            priority,
                    guint          interval,
                    GSourceFunc    func,
                    gpointer       data,
                    GDestroyNotify destroy)
{
  return attach_new (g_timeout_source_new (interval), NULL, priority, func, data, destroy);
}

guint
g_timeout_add (guint interval, GSourceFunc func, gpointer data)
{
  return g_timeout_add_full (G_PRIORITY_DEFAULT, interval, func, data, NULL);
}

guint
g_timeout_add_seconds_full (int            priority,
                            guint          interval,
                            GSourceFunc    func,
                            gpointer       data,
                            GDestroyNotify destroy)
{
  return attach_new (g_timeout_source_new_seconds (interval), NULL, priority, func, data, destroy);
}

guint
g_timeout_add_seconds (guint interval, GSourceFunc func, gpointer data)
{
  return g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, interval, func, data, NULL);
}

void
g_main_context_invoke_full (GMainContext  *context,
                            int            priority,
                            GSourceFunc    func,
                            gpointer       data,
                            GDestroyNotify destroy)
{
  GMainContext *other = tsan_get_context (context);
  gboolean      is_owner = g_main_context_is_owner (other);

  /* As GLib does, which calls at once where the context is that of the thread. */
  if (is_owner || (tsan_get_context (g_main_context_get_thread_default ()) == other &&
                   g_main_context_acquire (other)))
    {
      while (func (data))
        continue;
      if (!is_owner)
        g_main_context_release (other);
      if (destroy != NULL)
        destroy (data);
    }
  else
    {
      attach_new (g_idle_source_new (), other, priority, func, data, destroy);
    }
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc func, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, func, data, NULL);
}
