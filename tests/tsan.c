/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Part of the tests when they are built with the thread sanitizer.
 *
 * The sanitizer doesn't see what a GLib does that was not built with it: its locks, and its counts
 * of references. Whatever they order would look like a race. The functions here stand before
 * GLib's own, and tell. They can't stand before the calls that GLib makes to itself; so what the
 * lock of a context orders is told where its sources come and go, and where it polls.
 */

#include <dlfcn.h>
#include <gio/gio.h>
#include <poll.h>

extern void __tsan_acquire (void *address);
extern void __tsan_release (void *address);
extern void
AnnotateBenignRaceSized (const char *file, int line, void *address, gsize size, const char *what);

#define NEXT(name)                                                                                 \
  static __typeof__ (&name) found;                                                                 \
  __typeof__ (&name)        next = g_atomic_pointer_get (&found);                                  \
  if (next == NULL)                                                                                \
    {                                                                                              \
      next = dlsym (RTLD_NEXT, #name);                                                             \
      g_atomic_pointer_set (&found, next);                                                         \
    }

/* What was done by those who were here before has been done. */
#define ORDER(address)                                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    __tsan_acquire (address);                                                                      \
    __tsan_release (address);                                                                      \
  }                                                                                                \
  G_STMT_END

/* The sanitizer must not see that what is GLib's is read: GLib may free it in another thread. */
#ifdef __clang__
#define UNSEEN __attribute__ ((noinline, no_sanitize ("thread")))
#else
#define UNSEEN __attribute__ ((noipa, no_sanitize ("thread")))
#endif

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
      __tsan_release (object);
      if (g_atomic_int_compare_and_exchange (&object->ref_count, count, count - 1))
        return;
    }

  ORDER (object);
  if (count == 1)
    g_object_weak_ref (object, order_disposed_cb, NULL);
  next (object);
}

/* The context that the thread iterates. */
static _Thread_local GMainContext *iterated;

static void
order_iterated (void)
{
  if (iterated != NULL)
    ORDER (iterated);
}

int
poll (struct pollfd *fds, nfds_t n_fds, int timeout)
{
  int n_ready;

  NEXT (poll)
  order_iterated ();
  n_ready = next (fds, n_fds, timeout);
  order_iterated ();

  return n_ready;
}

/* What the library's loops do instead of poll(), which they need not call every time. */
static GPollFunc poll_func; /* atomic; the first that was set, and the same for all of them */

static int
ordered_poll (GPollFD *fds, guint n_fds, int timeout)
{
  int n_ready;

  order_iterated ();
  n_ready = ((GPollFunc) g_atomic_pointer_get (&poll_func)) (fds, n_fds, timeout);
  order_iterated ();

  return n_ready;
}

void
g_main_context_set_poll_func (GMainContext *context, GPollFunc func)
{
  NEXT (g_main_context_set_poll_func)
  /* Another, which a test puts before it, calls what was there, which is ordered. */
  if (func != NULL && (g_atomic_pointer_compare_and_exchange (&poll_func, NULL, func) ||
                       g_atomic_pointer_get (&poll_func) == func))
    func = ordered_poll;
  next (context, func);
}

gboolean
g_main_context_iteration (GMainContext *context, gboolean may_block)
{
  GMainContext *outer = iterated;
  gboolean      dispatched;

  NEXT (g_main_context_iteration)
  iterated = context != NULL ? context : g_main_context_default ();
  ORDER (iterated);
  dispatched = next (context, may_block);
  ORDER (iterated);
  iterated = outer;

  return dispatched;
}

void
g_main_loop_run (GMainLoop *loop)
{
  GMainContext *outer = iterated;

  NEXT (g_main_loop_run)
  iterated = g_main_loop_get_context (loop);
  ORDER (iterated);
  next (loop);
  ORDER (iterated);
  iterated = outer;
}

void
g_main_context_unref (GMainContext *context)
{
  NEXT (g_main_context_unref)
  ORDER (context);
  next (context);
}

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

  order_iterated ();
  result = get_original (source)->prepare (source, timeout);
  order_iterated ();

  return result;
}

static gboolean
ordered_check (GSource *source)
{
  gboolean result;

  order_iterated ();
  result = get_original (source)->check (source);
  order_iterated ();

  return result;
}

static gboolean
ordered_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  gboolean result;

  order_iterated ();
  result = get_original (source)->dispatch (source, callback, data);
  order_iterated ();

  return result;
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
      self->original = original;
      g_hash_table_insert (known, original, self);
      g_hash_table_insert (known, self, self);
    }
  g_mutex_unlock (&lock);

  return &self->funcs;
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  guint id;

  NEXT (g_source_attach)
  /* GLib looks for this one by its address. */
  if (source->source_funcs != &g_child_watch_funcs)
    source->source_funcs = ordered_funcs ((GSourceFuncs *) source->source_funcs);
  ORDER (context != NULL ? context : g_main_context_default ());
  id = next (source, context);

  return id;
}

void
g_source_destroy (GSource *source)
{
  NEXT (g_source_destroy)
  if (source->context != NULL)
    ORDER (source->context);
  next (source);
}

/* The thread of the context may drop its reference at the same moment, the last one, and GLib does not
 * show that it comes after this look. */
UNSEEN static GMainContext *
get_source_context (GSource *source)
{
  return source->context;
}

void
g_source_unref (GSource *source)
{
  GMainContext *context = get_source_context (source);

  NEXT (g_source_unref)
  if (context != NULL)
    ORDER (context);
  ORDER (source);
  next (source);
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
