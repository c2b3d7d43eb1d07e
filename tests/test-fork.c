/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * After fork() every call in the child that can fail fails with TA_ERROR_FORKED, and no other does harm.
 *
 * A lock may be held in the child by a thread that is not there, so that no call may take one: this is
 * looked at where the library calls GLib for it. What is called, in test-fork-calls.c, is compared with
 * the headers, so that nothing is forgotten.
 *
 * GLib itself has locks that every object needs, to be freed for one. So the other thread is where it has
 * none of them when this one forks.
 */

/* For dladdr() and RTLD_NEXT. */
#define _GNU_SOURCE

#include "test-child.h"
#include "test-fork-calls.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static gboolean               is_child;
static _Thread_local gboolean is_forking;
static GHashTable *unshared;    /* the locks that are new in the child, or that the forker had */
const char        *fork_called; /* what the child calls just now */
static guint       n_faults;    /* the child's */
static GHashTable *names; /* of the public functions; those are taken out that have been called */

void
fork_fault (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  fprintf (stderr, "in the child: ");
  vfprintf (stderr, format, args);
  fprintf (stderr, "\n");
  va_end (args);
  n_faults++;
}

static gboolean
is_of_library (gpointer address)
{
  Dl_info info;

  return dladdr (address, &info) != 0 && strstr (info.dli_fname, "libthreaded-async") != NULL;
}

/* These stand before those of GLib. */

void
g_mutex_init (GMutex *mutex)
{
  static void (*next) (GMutex * mutex);

  if (next == NULL)
    next = (void (*) (GMutex *)) dlsym (RTLD_NEXT, "g_mutex_init");

  if (G_UNLIKELY (is_child || is_forking))
    g_hash_table_add (unshared, mutex);
  next (mutex);
}

static void
note_lock (GMutex *mutex, gpointer caller)
{
  if (G_UNLIKELY (is_forking))
    g_hash_table_add (unshared, mutex);
  else if (G_UNLIKELY (is_child) && is_of_library (caller) &&
           !g_hash_table_contains (unshared, mutex))
    fork_fault ("%s takes a lock", fork_called);
}

void
g_mutex_lock (GMutex *mutex)
{
  static void (*next) (GMutex * mutex);

  if (next == NULL)
    next = (void (*) (GMutex *)) dlsym (RTLD_NEXT, "g_mutex_lock");

  note_lock (mutex, __builtin_return_address (0));
  next (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  static gboolean (*next) (GMutex * mutex);

  if (next == NULL)
    next = (gboolean (*) (GMutex *)) dlsym (RTLD_NEXT, "g_mutex_trylock");

  note_lock (mutex, __builtin_return_address (0));
  return next (mutex);
}

static void
slept_cb (GObject *source, GAsyncResult *result, gpointer promise)
{
  ta_promise_unref (promise);
}

static void
sleep_func (TaTask *task, gpointer data)
{
  TaPromise *promise = ta_task_take_promise (task);

  ta_sleep_async (TEST_LONG_US, ta_promise_get_cancellable (promise), slept_cb, promise);
}

static void
fail_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_FAILED, "in the parent");
}

/* Keeps the runner's thread from whatever takes a lock of GLib's. */
static void
hold_func (TaTask *task, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);
  ForkThings           *things = data;

  test_gate_open (&things->held);
  test_gate_await (&things->release, 1);
  ta_promise_return_boolean (promise, TRUE);
}

void
fork_call (const char *name)
{
  fork_called = name;
  g_hash_table_remove (names, name);
}

/* What waits with the cancellable waits in the parent. */
static void
cancel_in_child (ForkThings *self)
{
  fork_called = "g_cancellable_cancel()";
  g_cancellable_cancel (self->cancellable);
  for (guint turn = 0; turn < 10; turn++)
    g_main_context_iteration (NULL, FALSE);
  if (self->n_back > 0)
    fork_fault ("%s calls back what was called in the parent", fork_called);
}

static void
drop (ForkThings *self)
{
  fork_called = "the last g_object_unref()";
  g_object_unref (self->reserved);
  g_object_unref (self->got);
  g_object_unref (self->empty);
  g_object_unref (self->cancellable);
  g_object_unref (self->failed_task);
  g_object_unref (self->task);
  g_object_unref (self->failed);
  g_object_unref (self->future);
  ta_promise_unref (self->promise);
  for (guint i = 0; i < G_N_ELEMENTS (self->promises); i++)
    ta_promise_unref (self->promises[i]);
  g_object_unref (self->event);
  g_object_unref (self->queue);
  g_object_unref (self->request);
  g_object_unref (self->client);
  g_object_unref (self->server);
  g_object_unref (self->attached);
  g_object_unref (self->unstarted);
  g_object_unref (self->runner);
}

static void
use_in_child (ForkThings *self)
{
  GHashTableIter iter;
  gpointer       name;

  fork_use_everything (self);
  cancel_in_child (self);
  drop (self);

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    fork_fault ("%s() has not been called", (char *) name);
}

/* Takes the functions of one header. */
static void
read_header (const char *path)
{
  g_autofree char       *text = NULL;
  g_autoptr (GRegex)     regex = NULL;
  g_autoptr (GMatchInfo) info = NULL;
  g_autoptr (GError)     error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  regex = g_regex_new ("^TA_AVAILABLE_IN_[0-9_]+\\n[^;(]*?\\b(ta_[a-z_]+) \\(", G_REGEX_MULTILINE,
                       0, &error);
  g_assert_no_error (error);
  for (g_regex_match (regex, text, 0, &info); g_match_info_matches (info);
       g_match_info_next (info, NULL))
    g_hash_table_add (names, g_match_info_fetch (info, 1));
}

static void
read_headers (void)
{
  g_autofree char   *path = g_test_build_filename (G_TEST_DIST, "..", "threaded-async", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir)   dir = g_dir_open (path, 0, &error);
  const char        *name;

  g_assert_no_error (error);
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (g_str_has_prefix (name, "ta-") && g_str_has_suffix (name, ".h") &&
          !g_str_has_suffix (name, "-private.h") && !g_str_has_suffix (name, "-internal.h"))
        read_header (file);
    }
  g_assert_cmpuint (g_hash_table_size (names), >, 100);
}

static gpointer
blocked_thread (gpointer data)
{
  ForkThings        *self = data;
  GValue             value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&self->blocked_id, gettid ());
  g_assert_false (
      ta_queue_get_wait (self->empty, &value, TEST_DEADLINE_US, self->cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  return NULL;
}

/* Whether the thread sleeps in its wait, where it has no lock. */
static gboolean
is_blocked (ForkThings *self)
{
  g_autofree char *path =
      g_strdup_printf ("/proc/self/task/%d/stat", g_atomic_int_get (&self->blocked_id));
  g_autofree char *stat = NULL;

  return g_signal_has_handler_pending (
             self->cancellable, g_signal_lookup ("cancelled", G_TYPE_CANCELLABLE), 0, TRUE) &&
         g_file_get_contents (path, &stat, NULL, NULL) && strstr (stat, ") S ") != NULL;
}

static void
back_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  ((ForkThings *) data)->n_back++;
}

/* One of each that a cancellable ends: a thread that is blocked, and calls in the main context. */
static void
make_waits (ForkThings *self)
{
  self->empty = ta_queue_new (1);
  self->cancellable = g_cancellable_new ();

  self->blocked = g_thread_new ("blocked", blocked_thread, self);
  for (gint64 end = g_get_monotonic_time () + TEST_DEADLINE_US; !is_blocked (self);)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }

  ta_queue_get_async (self->empty, TEST_LONG_US, self->cancellable, back_cb, self);
  ta_event_wait_async (self->event, TEST_LONG_US, self->cancellable, back_cb, self);
  ta_future_wait_async (self->future, TEST_LONG_US, self->cancellable, back_cb, self);
  ta_sleep_async (TEST_LONG_US, self->cancellable, back_cb, self);
  ta_client_execute_async (self->client, "ask", NULL, 0, NULL, TEST_LONG_US, self->cancellable,
                           back_cb, self);
  self->n_calls = 5;
}

static void
make_things (ForkThings *self)
{
  GValue                number = G_VALUE_INIT;
  GAsyncResult         *result = NULL;
  g_autoptr (TaPromise) failing = ta_promise_new ();
  g_autoptr (GError)    error = NULL;

  *self =
      (ForkThings){ .runner = test_runner_new_started ("forked"),
                    .unstarted = ta_runner_new ("unstarted"),
                    .attached = ta_runner_new_for_context (g_main_context_default (), "attached"),
                    .server = ta_server_new ("server"),
                    .queue = ta_queue_new (5),
                    .event = ta_event_new (),
                    .promise = ta_promise_new () };
  g_assert_true (ta_runner_start (self->attached, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (self->promises); i++)
    self->promises[i] = ta_promise_new ();
  self->future = ta_promise_get_future (self->promise);
  self->failed = ta_promise_get_future (failing);
  ta_promise_return_failed (failing, "in the parent");
  self->task = ta_runner_create_task (self->runner, sleep_func, NULL, NULL);
  self->failed_task = ta_runner_create_task (self->runner, fail_func, NULL, NULL);
  g_assert_true (ta_runner_wait_for_next_iteration (self->runner, TEST_DEADLINE_US, NULL, &error));
  g_assert_no_error (error);

  g_value_init (&number, G_TYPE_INT);
  self->client = ta_client_new (self->server, self->runner);
  self->request = ta_client_execute (self->client, "ask", &number, 1, NULL);
  g_assert_true (ta_queue_try_put (self->queue, &number, &error));
  ta_queue_reserve_async (self->queue, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &result);
  TEST_TURN_UNTIL (NULL, result != NULL);
  self->reserved = ta_queue_reserve_finish (self->queue, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &self->got);
  TEST_TURN_UNTIL (NULL, self->got != NULL);
  make_waits (self);

  test_gate_init (&self->held);
  test_gate_init (&self->release);
  g_object_unref (ta_runner_create_task (self->runner, hold_func, self, NULL));
  test_gate_await (&self->held, 1);
}

static void
test_every_call (void)
{
  ForkThings things;
  pid_t      child;
  int        status;

  read_headers ();
  make_things (&things);

  unshared = g_hash_table_new (NULL, NULL);
  is_forking = TRUE;
  child = fork ();
  is_forking = FALSE;
  g_assert_cmpint (child, !=, -1);
  if (child == 0)
    {
      alarm (TEST_DEADLINE_US / G_USEC_PER_SEC);
      is_child = TRUE;
      use_in_child (&things);
      if (n_faults > 0)
        _exit (1);
      test_child_leave ();
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (test_child_has_left (status));

  test_gate_open (&things.release);
  g_cancellable_cancel (things.cancellable);
  TEST_TURN_UNTIL (NULL, things.n_back == things.n_calls);
  g_thread_join (things.blocked);
  ta_promise_return_int (things.promise, 1);
  g_assert_true (ta_future_get_done (things.future));
  g_assert_false (ta_runner_stop (things.runner, TEST_DEADLINE_US, NULL, NULL));
  g_assert_true (ta_runner_stop (things.attached, TEST_DEADLINE_US, NULL, NULL));
  drop (&things);
  test_gate_clear (&things.held);
  test_gate_clear (&things.release);
  g_hash_table_unref (names);
  g_hash_table_unref (unshared);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

#ifndef __SANITIZE_ADDRESS__ /* Its locks stay locked in the child. */
  test_add ("/process/fork/every-call", test_every_call);
#endif

  return g_test_run ();
}
