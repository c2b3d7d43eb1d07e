/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

#include "test-seed.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long a single test may take before the watchdog ends the program. */
#define WATCHDOG_SECONDS 150

/* More turns than this in a row, with nothing to wait for, are a loop that never rests. */
#define MAX_TURNS 1000000

static char watchdog_message[512];

/* A tool that makes programs many times slower has TA_TEST_SLOWNESS=10, or whatever the factor. */
static guint
get_slowness (void)
{
  const char *slowness = g_getenv ("TA_TEST_SLOWNESS");

  return slowness != NULL ? (guint) CLAMP (atoi (slowness), 1, 1000) : 1;
}

G_GNUC_NORETURN static void
watchdog_cb (int signum)
{
  ssize_t written = write (STDERR_FILENO, watchdog_message, strlen (watchdog_message));

  (void) written;
  (void) signum;
  abort ();
}

typedef struct
{
  const char *path;
  void (*func) (void);
} TestCase;

static void
run_case (gconstpointer data)
{
  const TestCase *test_case = data;
  const guint     seconds = WATCHDOG_SECONDS * get_slowness ();

  g_snprintf (watchdog_message, sizeof watchdog_message,
              "\n%s: still not through after %u seconds: something hangs\n", test_case->path,
              seconds);
  alarm (seconds);

  test_case->func ();

  /* Nobody may leave the thread with another context, or the main context with endless work. */
  g_assert_null (g_main_context_get_thread_default ());
  test_turn_all (NULL);
  g_test_assert_expected_messages ();
  alarm (0);
}

void
test_init (int *argc, char ***argv)
{
  test_init_with_seed (argc, argv);
  signal (SIGALRM, watchdog_cb);
}

/* @path must be a literal. */
void
test_add (const char *path, void (*func) (void))
{
  static GSList *cases;
  TestCase      *test_case = g_new (TestCase, 1);

  /* Tests that are skipped never free their data. */
  cases = g_slist_prepend (cases, test_case);
  test_case->path = path;
  test_case->func = func;
  g_test_add_data_func (path, test_case, run_case);
}

/* How often to repeat what is about chance. */
guint
test_repeats (guint repeats)
{
  return MAX (repeats / get_slowness (), MIN (repeats, 10));
}

/* How long a test waits for what must come. */
gint64
test_get_deadline_us (void)
{
  return G_GINT64_CONSTANT (60) * G_USEC_PER_SEC * get_slowness ();
}

static gboolean
deadline_cb (gpointer data)
{
  TestWait *self = data;

  g_error ("%s: waited %d s in vain for: %s", self->where, (int) (TEST_DEADLINE_US / 1000000),
           self->what);
  return G_SOURCE_REMOVE;
}

void
test_wait_begin (TestWait *self, GMainContext *context, const char *what, const char *where)
{
  self->context = context;
  self->what = what;
  self->where = where;
  self->end = g_get_monotonic_time () + TEST_DEADLINE_US;
  self->deadline = NULL;
}

void
test_wait_turn (TestWait *self)
{
  if (self->deadline == NULL)
    {
      self->deadline = g_timeout_source_new ((guint) (TEST_DEADLINE_US / 1000));
      g_source_set_callback (self->deadline, deadline_cb, self, NULL);
      g_source_set_priority (self->deadline, G_PRIORITY_HIGH);
      g_source_attach (self->deadline, self->context);
    }

  g_main_context_iteration (self->context, TRUE);

  if (g_get_monotonic_time () >= self->end)
    deadline_cb (self);
}

void
test_wait_end (TestWait *self)
{
  if (self->deadline == NULL)
    return;

  g_source_destroy (self->deadline);
  g_source_unref (self->deadline);
}

/* Iterates a context for as long as something is ready there; says how many turns that took. */
guint
test_turn_all (GMainContext *context)
{
  guint turns = 0;

  while (g_main_context_iteration (context, FALSE))
    {
      if (++turns > MAX_TURNS)
        g_error ("The context never comes to rest");
    }

  return turns;
}

void
test_gate_init (TestGate *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->count = 0;
}

void
test_gate_clear (TestGate *self)
{
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
}

/* Signals under the lock: whoever was let through may clear the gate at once. */
void
test_gate_open (TestGate *self)
{
  g_mutex_lock (&self->mutex);
  self->count++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
test_gate_open_cb (gpointer self)
{
  test_gate_open (self);
}

/* Waits until the gate has been opened @count times since its initialisation. */
void
test_gate_await_at (TestGate *self, guint count, const char *where)
{
  gint64 end = g_get_monotonic_time () + TEST_DEADLINE_US;

  g_mutex_lock (&self->mutex);
  while (self->count < count)
    {
      if (!g_cond_wait_until (&self->cond, &self->mutex, end))
        g_error ("%s: waited %d s in vain: %u of %u came", where,
                 (int) (TEST_DEADLINE_US / 1000000), self->count, count);
    }
  g_mutex_unlock (&self->mutex);
}

guint
test_gate_get_count (TestGate *self)
{
  guint count;

  g_mutex_lock (&self->mutex);
  count = self->count;
  g_mutex_unlock (&self->mutex);

  return count;
}

struct _TestWorker
{
  GThread      *thread;
  GMainContext *context;
  GMainLoop    *loop;
};

static gpointer
worker_thread (gpointer data)
{
  TestWorker *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  test_turn_all (self->context);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

TestWorker *
test_worker_new (void)
{
  TestWorker *self = g_new0 (TestWorker, 1);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("test-worker", worker_thread, self);

  /* Once something has run there, the loop runs, and quitting it can't come too early. */
  test_worker_call (self, NULL, NULL);

  return self;
}

void
test_worker_free (TestWorker *self)
{
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

GMainContext *
test_worker_get_context (TestWorker *self)
{
  return self->context;
}

GThread *
test_worker_get_thread (TestWorker *self)
{
  return self->thread;
}

typedef struct
{
  TestFunc func;
  gpointer data;
  TestGate done;
} WorkerCall;

static gboolean
worker_call_cb (gpointer data)
{
  WorkerCall *call = data;

  if (call->func != NULL)
    call->func (call->data);
  test_gate_open (&call->done);

  return G_SOURCE_REMOVE;
}

/* Calls a function in the worker's loop, and waits until it has returned. */
void
test_worker_call (TestWorker *self, TestFunc func, gpointer data)
{
  WorkerCall call = { .func = func, .data = data };
  GSource   *source = g_idle_source_new ();

  test_gate_init (&call.done);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, worker_call_cb, &call, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
  test_gate_await (&call.done, 1);
  test_gate_clear (&call.done);
}

static gpointer
call_thread (gpointer data)
{
  WorkerCall *call = data;

  call->func (call->data);

  return NULL;
}

void
test_thread_call (TestFunc func, gpointer data)
{
  WorkerCall call = { .func = func, .data = data };

  g_thread_join (g_thread_new ("test-plain", call_thread, &call));
}
