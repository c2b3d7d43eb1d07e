/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-probe.h"

/*
 * Four runners that flood objects whose signals and completions belong to somebody else's main loop.
 */

#define N_THREADS 4

/* However slow the machine is, a flood takes no more than this; most need much less. */
#define MAX_US (10 * G_USEC_PER_SEC)

static GThread *main_thread; /* const once set */

/* Says that this is the thread in which everything has to come. */
void
ta_probe_mark_thread (void)
{
  main_thread = g_thread_self ();
}

gboolean
ta_probe_is_marked_thread (void)
{
  return g_thread_self () == main_thread;
}

/**
 * ta_probe_new_elsewhere:
 *
 * Returns: (transfer full):
 */
TaQueue *
ta_probe_new_elsewhere (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  return g_object_new (TA_TYPE_QUEUE, "main-context", context, NULL);
}

/* A function of another language, which the flood has called in that language's own thread. */
typedef struct
{
  TaProbeFunc    func;
  gpointer       user_data;
  GDestroyNotify destroy;
} Call;

static GAsyncQueue *calls; /* const once made; those that have not been sent */
static int          n_called, n_destroyed, n_destroyed_elsewhere; /* atomic */
static int          n_flooded, n_sent;                            /* atomic, of the last flood */

/**
 * ta_probe_add_call:
 * @func: (scope notified) (closure user_data) (destroy destroy):
 *
 * Adds a function that the next flood has called by the default runner. One of three may be withdrawn
 * before it is called; all are destroyed.
 */
void
ta_probe_add_call (TaProbeFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Call *call = g_new (Call, 1);

  *call = (Call){ func, user_data, destroy };
  if (calls == NULL)
    calls = g_async_queue_new ();
  g_async_queue_push (calls, call);
}

guint
ta_probe_get_n_called (void)
{
  return (guint) g_atomic_int_get (&n_called);
}

guint
ta_probe_get_n_destroyed (void)
{
  return (guint) g_atomic_int_get (&n_destroyed);
}

guint
ta_probe_get_n_destroyed_elsewhere (void)
{
  return (guint) g_atomic_int_get (&n_destroyed_elsewhere);
}

/* How many numbers the last flood has put; 0 before it is over. */
guint
ta_probe_get_n_flooded (void)
{
  return (guint) g_atomic_int_get (&n_flooded);
}

static void
call_destroy (gpointer data)
{
  Call *call = data;

  if (!ta_probe_is_marked_thread ())
    g_atomic_int_inc (&n_destroyed_elsewhere);
  call->destroy (call->user_data);
  g_atomic_int_inc (&n_destroyed);
  g_free (call);
}

static void
call_func (gpointer data)
{
  Call *call = data;

  g_atomic_int_inc (&n_called);
  call->func (call->user_data);
}

static void
call_task (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  call_func (data);
  ta_promise_return_value (promise, NULL);
}

static void
ignore_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
}

/* From the thread of a runner: has a function called by the default one. FALSE if there is none. */
static gboolean
send_call (void)
{
  Call *call = calls != NULL ? g_async_queue_try_pop (calls) : NULL;
  int   n;

  if (call == NULL)
    return FALSE;

  n = g_atomic_int_add (&n_sent, 1);
  if (n % 3 == 0)
    {
      g_autoptr (TaTask) task =
          ta_runner_create_task (ta_runner_get_default (), call_task, call, call_destroy);

      g_assert_nonnull (task);
    }
  else
    {
      ta_runner_call_in_loop_async (ta_runner_get_default (), call_func, call, call_destroy,
                                    n % 3 == 1 ? TA_TIMEOUT_INFINITE : 0, NULL, ignore_cb, NULL);
    }

  return TRUE;
}

typedef struct
{
  int        ref_count; /* atomic: the threads that have not ended */
  TaQueue   *queue;
  TaEvent   *event;
  TaPromise *promise;
  guint      n;
  gint64     end;     /* when it has to be over */
  int        n_begun; /* atomic: how many have a number */
  int        n_put;   /* atomic */
} Flood;

typedef struct
{
  Flood    *flood;
  TaRunner *runner;
} Thread;

static void put_next (Thread *thread);

static gpointer
stop_runner (gpointer runner)
{
  ta_runner_stop (runner, TA_TIMEOUT_INFINITE, NULL, NULL);
  g_object_unref (runner);

  return NULL;
}

static void
thread_free (Thread *thread)
{
  /* A runner can't stop itself. */
  g_thread_unref (g_thread_new ("stop", stop_runner, thread->runner));
  g_free (thread);
}

static void
last_thread_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Thread *thread = user_data;
  Flood  *flood = thread->flood;

  g_atomic_int_set (&n_flooded, g_atomic_int_get (&flood->n_put));
  ta_event_set (flood->event);
  ta_queue_close (flood->queue);
  ta_promise_set_progress (flood->promise, 1);
  ta_promise_set_status (flood->promise, "over");
  ta_promise_return_int (flood->promise, ta_probe_get_n_flooded ());
  ta_promise_unref (flood->promise);
  g_object_unref (flood->queue);
  g_object_unref (flood->event);
  g_free (flood);
  thread_free (thread);
}

static void
nothing (gpointer data)
{
}

/* The last to end waits until all functions have been called, and tells so from its own thread. */
static void
thread_end (Thread *thread)
{
  if (g_atomic_int_dec_and_test (&thread->flood->ref_count))
    {
      /* Those that there was no time for. */
      while (send_call ())
        continue;
      ta_runner_call_in_loop_async (ta_runner_get_default (), nothing, NULL, NULL,
                                    TA_TIMEOUT_INFINITE, NULL, last_thread_cb, thread);
    }
  else
    {
      thread_free (thread);
    }
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Thread *thread = user_data;
  Flood  *flood = thread->flood;

  if (ta_queue_put_finish (flood->queue, result, NULL))
    {
      const guint n_put = (guint) g_atomic_int_add (&flood->n_put, 1);

      if (n_put % 2 == 0)
        ta_event_set (flood->event);
      else
        ta_event_clear (flood->event);
      ta_promise_set_progress (flood->promise, (double) n_put / flood->n);
      send_call ();
      if (n_put % 16 == 0)
        {
          g_autofree char *status = g_strdup_printf ("%u", n_put);

          ta_promise_set_status (flood->promise, status);
        }
    }
  put_next (thread);
}

static void
put_next (Thread *thread)
{
  Flood *flood = thread->flood;
  guint  number = G_MAXUINT;

  if (g_get_monotonic_time () < flood->end)
    number = (guint) g_atomic_int_add (&flood->n_begun, 1);

  if (number >= flood->n)
    thread_end (thread);
  else
    ta_queue_put_async (flood->queue, TA_VALUE_INT (number), TA_TIMEOUT_INFINITE, NULL, put_cb,
                        thread);
}

static void
start (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  put_next (data);
  ta_promise_return_value (promise, NULL);
}

/**
 * ta_probe_flood:
 *
 * Puts the numbers below @n into the queue, from four runners, and changes the event and the progress
 * of the promise all the time; and has the functions called that were added before. On a slow machine
 * it is over before it comes to @n. In the end the event is set, the queue closed, and the promise
 * returns how many numbers there were.
 */
void
ta_probe_flood (TaQueue *queue, TaEvent *event, TaPromise *promise, guint n)
{
  Flood *flood = g_new0 (Flood, 1);

  flood->ref_count = N_THREADS;
  flood->queue = g_object_ref (queue);
  flood->event = g_object_ref (event);
  flood->promise = ta_promise_ref (promise);
  flood->n = n;
  flood->end = g_get_monotonic_time () + MAX_US;
  g_atomic_int_set (&n_flooded, 0);
  g_atomic_int_set (&n_sent, 0);

  for (guint i = 0; i < N_THREADS; i++)
    {
      Thread            *thread = g_new0 (Thread, 1);
      g_autoptr (TaTask) task = NULL;

      thread->flood = flood;
      thread->runner = ta_runner_new ("flood");
      ta_runner_start (thread->runner, NULL);
      task = ta_runner_create_task (thread->runner, start, thread, NULL);
    }
}

static void
cancel (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  g_cancellable_cancel (data);
  ta_promise_return_value (promise, NULL);
}

/* Cancels in another thread, and returns when it has been done. */
void
ta_probe_cancel_elsewhere (GCancellable *cancellable)
{
  g_autoptr (TaRunner) runner = ta_runner_new ("cancels");
  g_autoptr (TaTask)   task = NULL;

  ta_runner_start (runner, NULL);
  task = ta_runner_create_task (runner, cancel, cancellable, NULL);
  ta_future_wait (TA_FUTURE (task), NULL, TA_TIMEOUT_INFINITE, NULL, NULL);
  ta_runner_stop (runner, TA_TIMEOUT_INFINITE, NULL, NULL);
}
