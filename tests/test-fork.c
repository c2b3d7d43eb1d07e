/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * After fork() every call in the child that can fail fails with TA_ERROR_FORKED, and no other does harm.
 *
 * A lock may be held in the child by a thread that is not there, so that no call may take one: this is
 * looked at where the library calls GLib for it. What is called is compared with the headers, so that
 * nothing is forgotten.
 */

/* For dladdr() and RTLD_NEXT. */
#define _GNU_SOURCE

#include "test-child.h"
#include "test-util.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static gboolean               is_child;
static _Thread_local gboolean is_forking;
static GHashTable *unshared; /* the locks that are new in the child, or that the forker had */
static const char *called;   /* what the child calls just now */
static guint       n_faults; /* the child's */
static GHashTable *names; /* of the public functions; those are taken out that have been called */

static void G_GNUC_PRINTF (1, 2) fault (const char *format, ...)
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

void
g_mutex_lock (GMutex *mutex)
{
  static void (*next) (GMutex * mutex);

  if (next == NULL)
    next = (void (*) (GMutex *)) dlsym (RTLD_NEXT, "g_mutex_lock");

  if (G_UNLIKELY (is_forking))
    g_hash_table_add (unshared, mutex);
  else if (G_UNLIKELY (is_child) && is_of_library (__builtin_return_address (0)) &&
           !g_hash_table_contains (unshared, mutex))
    fault ("%s takes a lock", called);

  next (mutex);
}

typedef struct
{
  TaRunner     *runner;
  TaRunner     *unstarted;
  TaRunner     *attached;
  TaServer     *server;
  TaClient     *client;
  TaRequest    *request;
  TaQueue      *queue;
  TaEvent      *event;
  TaPromise    *promise;
  TaPromise    *promises[11]; /* one for each way to return */
  TaFuture     *future;
  TaFuture     *failed;
  TaTask       *task;
  TaTask       *failed_task;
  GAsyncResult *reserved; /* a place in the queue */
  int           n_destroyed;
} Things;

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

static void
never_func (TaTask *task, gpointer data)
{
  fault ("the function of a task is called");
}

static void
never_call (gpointer data)
{
  fault ("a function is called");
}

static void
never_gtask_func (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  fault ("the function of a GTask is called");
}

static void
destroy_cb (gpointer data)
{
  ((Things *) data)->n_destroyed++;
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

static void
call (const char *name)
{
  called = name;
  g_hash_table_remove (names, name);
}

/* A call that has no error to say it with. */
#define HARMLESS(name, ...) (call (#name), name (__VA_ARGS__))

/* One that fails. */
#define FORKED(name, ...)                                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GError *error = NULL;                                                                          \
    call (#name);                                                                                  \
    if (name (__VA_ARGS__, &error))                                                                \
      fault (#name " succeeds");                                                                   \
    else if (!g_error_matches (error, TA_ERROR, TA_ERROR_FORKED))                                  \
      fault (#name " fails with %s", error != NULL ? error->message : "nothing");                  \
    g_clear_error (&error);                                                                        \
  }                                                                                                \
  G_STMT_END

/* One that fails in the context. */
#define FORKED_LATER(finish, ...)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    for (guint turn = 0; result == NULL && turn < 1000; turn++)                                    \
      g_main_context_iteration (NULL, FALSE);                                                      \
    if (result == NULL)                                                                            \
      fault ("%s does not call back", called);                                                     \
    else                                                                                           \
      FORKED (finish, __VA_ARGS__);                                                                \
    g_clear_object (&result);                                                                      \
  }                                                                                                \
  G_STMT_END

#define CHECK(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(condition))                                                                              \
      fault ("%s: %s", called, #condition);                                                        \
  }                                                                                                \
  G_STMT_END

static void
use_queue (Things *self)
{
  TaQueue      *queue = self->queue;
  GAsyncResult *result = NULL;
  GValue        in = G_VALUE_INIT;
  GValue        out = G_VALUE_INIT;

  g_value_init (&in, G_TYPE_INT);
  FORKED (ta_queue_try_put, queue, &in);
  FORKED (ta_queue_put_wait, queue, &in, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_queue_try_get, queue, &out);
  FORKED (ta_queue_get_wait, queue, &out, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_box_take, G_OBJECT (queue), NULL, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_queue_put_async, queue, &in, TA_TIMEOUT_INFINITE, NULL, keep_cb, &result);
  FORKED_LATER (ta_queue_put_finish, queue, result);
  HARMLESS (ta_queue_get_async, queue, TA_TIMEOUT_INFINITE, NULL, keep_cb, &result);
  FORKED_LATER (ta_queue_get_finish, queue, result, &out);
  HARMLESS (ta_queue_reserve_async, queue, TA_TIMEOUT_INFINITE, NULL, keep_cb, &result);
  FORKED_LATER (ta_queue_reserve_finish, queue, result);
  FORKED (ta_queue_put_reserved, queue, self->reserved, &in);
  HARMLESS (ta_queue_release_reserved, queue, self->reserved);
  HARMLESS (ta_queue_close, queue);

  CHECK (HARMLESS (ta_queue_get_main_context, queue) != NULL);
  HARMLESS (ta_queue_get_item_type, queue);
  HARMLESS (ta_queue_get_closed, queue);
  HARMLESS (ta_queue_get_is_empty, queue);
  HARMLESS (ta_queue_get_is_full, queue);
  HARMLESS (ta_queue_get_length, queue);
  CHECK (HARMLESS (ta_queue_get_capacity, queue) == 5);
  HARMLESS (ta_queue_get_name, queue);
  g_object_unref (HARMLESS (ta_queue_new, 1));
}

static void
use_event (Things *self)
{
  TaEvent      *event = self->event;
  GAsyncResult *result = NULL;

  FORKED (ta_event_try_wait, event);
  FORKED (ta_event_wait, event, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_event_wait_async, event, TA_TIMEOUT_INFINITE, NULL, keep_cb, &result);
  FORKED_LATER (ta_event_wait_finish, event, result);
  HARMLESS (ta_event_set, event);
  CHECK (!HARMLESS (ta_event_get_is_set, event));
  HARMLESS (ta_event_clear, event);
  CHECK (HARMLESS (ta_event_get_main_context, event) != NULL);
  g_object_unref (HARMLESS (ta_event_new));

  HARMLESS (ta_sleep_async, 1, NULL, keep_cb, &result);
  FORKED_LATER (ta_sleep_finish, result);
}

static void
use_future (Things *self)
{
  TaFuture     *future = self->future;
  GAsyncResult *result = NULL;
  GValue        out = G_VALUE_INIT;

  FORKED (ta_future_try_wait, future, &out);
  FORKED (ta_future_wait, future, &out, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_future_wait, TA_FUTURE (self->task), &out, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_future_try_wait, self->failed, &out);
  HARMLESS (ta_future_wait_async, future, TA_TIMEOUT_INFINITE, NULL, keep_cb, &result);
  FORKED_LATER (ta_future_wait_finish, future, result, &out);
  HARMLESS (ta_future_get_done, future);
  CHECK (HARMLESS (ta_future_get_main_context, future) != NULL);
  g_clear_error (&(GError *){ HARMLESS (ta_future_dup_error, self->failed) });
  g_free (HARMLESS (ta_future_dup_error_message, self->failed));
  CHECK (HARMLESS (ta_future_take_foreign_error, self->failed, G_TYPE_OBJECT) == NULL);
}

static void
use_promise (Things *self)
{
  TaPromise *promise = self->promise;
  GValue     in = G_VALUE_INIT;
  TaFuture  *future;
  TaBox     *box;

  g_value_init (&in, G_TYPE_INT);
  FORKED (ta_promise_try_return_value, promise, &in);
  HARMLESS (ta_promise_set_status, promise, "child");
  HARMLESS (ta_promise_set_progress, promise, 1);
  HARMLESS (ta_promise_get_cancellable, promise);
  HARMLESS (ta_promise_return_error_if_cancelled, promise);
  HARMLESS (ta_promise_return_int, self->promises[0], 1);
  HARMLESS (ta_promise_return_double, self->promises[1], 1);
  HARMLESS (ta_promise_return_boolean, self->promises[2], TRUE);
  HARMLESS (ta_promise_return_string, self->promises[3], "child");
  HARMLESS (ta_promise_return_object, self->promises[4], G_OBJECT (self->queue));
  HARMLESS (ta_promise_return_value, self->promises[5], &in);
  HARMLESS (ta_promise_return_error, self->promises[6], g_error_new_literal (TA_ERROR, 1, "child"));
  HARMLESS (ta_promise_return_new_error, self->promises[7], TA_ERROR, 1, "%s", "child");
  HARMLESS (ta_promise_return_new_error_literal, self->promises[8], TA_ERROR, 1, "child");
  box = ta_box_new (&in, NULL, NULL);
  HARMLESS (ta_promise_return_foreign_error, self->promises[9], TA_ERROR_FAILED, "child", box);
  ta_box_unref (box);
  HARMLESS (ta_promise_return_failed, self->promises[10], "child");
  CHECK (!ta_future_get_done (self->future));

  future = HARMLESS (ta_promise_get_future, promise);
  g_clear_object (&future);
  promise = HARMLESS (ta_promise_new);
  HARMLESS (ta_promise_ref, promise);
  HARMLESS (ta_promise_unref, promise);
  ta_promise_unref (promise);
}

static void
use_task (Things *self)
{
  TaRunner *runner;

  g_free (HARMLESS (ta_task_dup_name, self->task));
  g_free (HARMLESS (ta_task_dup_status, self->task));
  HARMLESS (ta_task_get_progress, self->task);
  HARMLESS (ta_task_set_name, self->task, "child");
  HARMLESS (ta_task_cancel, self->task);
  runner = HARMLESS (ta_task_get_runner, self->task);
  g_clear_object (&runner);
}

static void
send_to_runner (Things *self)
{
  TaRunner     *runner = self->runner;
  GAsyncResult *result = NULL;
  GTask        *gtask = g_task_new (NULL, NULL, keep_cb, &result);
  GValue        target = G_VALUE_INIT;
  TaTask       *task;

  HARMLESS (ta_allow_functions_in_threads);
  task = HARMLESS (ta_runner_create_task, runner, never_func, self, destroy_cb);
  FORKED (ta_future_wait, TA_FUTURE (task), NULL, TA_TIMEOUT_INFINITE, NULL);
  CHECK (self->n_destroyed == 1);
  g_object_unref (task);
  task = HARMLESS (ta_runner_create_task_checked, runner, never_func, self, destroy_cb, NULL);
  FORKED (ta_future_wait, TA_FUTURE (task), NULL, TA_TIMEOUT_INFINITE, NULL);
  CHECK (self->n_destroyed == 2);
  FORKED (ta_runner_call_in_loop, runner, never_call, self, destroy_cb, TA_TIMEOUT_INFINITE, NULL);
  CHECK (self->n_destroyed == 3);
  FORKED (ta_runner_call_in_loop_checked, runner, never_call, self, destroy_cb, TA_TIMEOUT_INFINITE,
          NULL);
  CHECK (self->n_destroyed == 4);
  HARMLESS (ta_runner_call_in_loop_async, runner, never_call, self, destroy_cb, TA_TIMEOUT_INFINITE,
            NULL, keep_cb, &result);
  FORKED_LATER (ta_runner_call_in_loop_finish, runner, result);
  CHECK (self->n_destroyed == 5);
  FORKED (ta_runner_wait_for_next_iteration, runner, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_runner_wait_for_next_iteration_async, runner, TA_TIMEOUT_INFINITE, NULL, keep_cb,
            &result);
  FORKED_LATER (ta_runner_wait_for_next_iteration_finish, runner, result);
  g_value_init (&target, G_TYPE_OBJECT);
  g_value_set_object (&target, self->queue);
  HARMLESS (ta_runner_call_method_async, runner, &target, "close", NULL, 0, TA_TIMEOUT_INFINITE,
            NULL, keep_cb, &result);
  FORKED_LATER (ta_runner_call_method_finish, runner, result, NULL);
  g_value_unset (&target);
  HARMLESS (ta_runner_run_gtask, runner, gtask, never_gtask_func);
  FORKED_LATER (g_task_propagate_boolean, G_TASK (result));

  g_object_unref (gtask);
  g_object_unref (task);
}

static void
use_runner (Things *self)
{
  TaRunner     *runner = self->runner;
  GAsyncResult *result = NULL;
  GPtrArray    *tasks;

  FORKED (ta_runner_start, self->unstarted);
  FORKED (ta_runner_stop, runner, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_runner_stop, self->attached, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_runner_stop, self->unstarted, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_runner_stop_async, runner, TA_TIMEOUT_INFINITE, NULL, keep_cb, &result);
  FORKED_LATER (ta_runner_stop_finish, runner, result);

  tasks = HARMLESS (ta_runner_get_failed_tasks, runner);
  CHECK (tasks->len == 0);
  g_ptr_array_unref (tasks);
  CHECK (HARMLESS (ta_runner_get_n_failed_tasks, runner) == 0);
  g_object_unref (HARMLESS (ta_runner_list_tasks, runner));
  CHECK (!HARMLESS (ta_runner_get_running, runner));
  CHECK (!HARMLESS (ta_runner_is_in_loop, runner));
  /* This is for the runner's own thread, which is not there. */
  call ("ta_runner_iterate");
  HARMLESS (ta_runner_wake_up, runner);
  HARMLESS (ta_runner_get_shutdown_type, runner);
  HARMLESS (ta_runner_get_context, runner);
  HARMLESS (ta_runner_get_main_context, runner);
  HARMLESS (ta_runner_get_default_timeout, runner);
  HARMLESS (ta_runner_get_exit_timeout, runner);
  HARMLESS (ta_runner_get_max_spin, runner);
  HARMLESS (ta_runner_get_stall_threshold, runner);
  HARMLESS (ta_runner_get_name, runner);
  g_object_unref (HARMLESS (ta_runner_new, "child"));
  g_object_unref (HARMLESS (ta_runner_new_for_context, g_main_context_default (), "child"));
  HARMLESS (ta_runner_get_default);
  HARMLESS (ta_set_interruptible, FALSE);
  g_free (HARMLESS (ta_debug_dup_tasks));
}

static void
use_server (Things *self)
{
  TaServer     *server = self->server;
  TaClient     *client = self->client;
  GAsyncResult *result = NULL;
  GValue        out = G_VALUE_INIT;
  TaRunner     *runner;
  TaRequest    *request;

  FORKED (ta_client_execute_wait, client, "ask", NULL, 0, NULL, &out, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_client_execute_async, client, "ask", NULL, 0, NULL, TA_TIMEOUT_INFINITE, NULL,
            keep_cb, &result);
  FORKED_LATER (ta_client_execute_finish, client, result, &out);
  request = HARMLESS (ta_client_execute, client, "ask", NULL, 0, NULL);
  FORKED (ta_future_wait, TA_FUTURE (request), &out, TA_TIMEOUT_INFINITE, NULL);
  g_object_unref (request);
  runner = HARMLESS (ta_client_get_runner, client);
  g_clear_object (&runner);
  g_object_unref (HARMLESS (ta_client_new, server, self->runner));

  FORKED (ta_server_process, server, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_server_process_async, server, TA_TIMEOUT_INFINITE, NULL, keep_cb, &result);
  FORKED_LATER (ta_server_process_finish, server, result);
  {
    GError *error = NULL;

    CHECK (HARMLESS (ta_server_process_all, server, 1, NULL, &error) == -1);
    CHECK (g_error_matches (error, TA_ERROR, TA_ERROR_FORKED));
    g_clear_error (&error);
  }
  HARMLESS (ta_server_get_main_context, server);
  HARMLESS (ta_server_get_n_pending, server);
  HARMLESS (ta_server_get_queue_size, server);
  HARMLESS (ta_server_get_rest_turns, server);
  HARMLESS (ta_server_get_name, server);
  g_source_unref (HARMLESS (ta_server_create_source, server));
  g_object_unref (HARMLESS (ta_server_new, "child"));
}

static void
use_request (Things *self)
{
  TaRequest *request = self->request;
  GValue     out = G_VALUE_INIT;

  HARMLESS (ta_request_get_method, request);
  HARMLESS (ta_request_get_client, request);
  CHECK (HARMLESS (ta_request_get_n_args, request) == 1);
  HARMLESS (ta_request_get_names, request);
  /* What does not change can be read. */
  CHECK (HARMLESS (ta_request_get_arg, request, 0, &out, NULL));
  g_value_unset (&out);
  HARMLESS (ta_request_get_named_arg, request, "none", &out, NULL);
  ta_box_unref (HARMLESS (ta_request_dup_box, request, 0));
  /* In the child nobody handles it. */
  call ("ta_request_take_promise");
  CHECK (!HARMLESS (ta_request_withdraw, request));
}

/* These are about nothing that other threads know of. */
static void
use_values (Things *self)
{
  GValue   value = G_VALUE_INIT;
  GValue   out = G_VALUE_INIT;
  gint64   number;
  double   real;
  gboolean flag;
  char    *string;
  gpointer object;
  TaBox   *box;

  g_value_init (&value, G_TYPE_INT);
  box = HARMLESS (ta_box_new, &value, &value, NULL);
  HARMLESS (ta_box_get_foreign, box, &out);
  g_value_unset (&out);
  HARMLESS (ta_box_get_plain, box, &out);
  HARMLESS (ta_box_ref, box);
  HARMLESS (ta_box_unref, box);
  ta_box_unref (box);

  HARMLESS (ta_value_take_int, &value, &number, NULL);
  HARMLESS (ta_value_take_double, &value, &real, NULL);
  HARMLESS (ta_value_take_boolean, &value, &flag, NULL);
  HARMLESS (ta_value_take_string, &value, &string, NULL);
  HARMLESS (ta_value_take_object, &value, G_TYPE_OBJECT, &object, NULL);
  g_type_ensure (HARMLESS (ta_box_get_type));
  g_type_ensure (HARMLESS (ta_promise_get_type));
  CHECK (HARMLESS (ta_error_quark) != 0);
  /* In the child no function of a task is ever called that could take it. */
  call ("ta_task_take_promise");
}

static void
drop (Things *self)
{
  called = "the last g_object_unref()";
  g_object_unref (self->reserved);
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
use_in_child (Things *self)
{
  GHashTableIter iter;
  gpointer       name;

  use_queue (self);
  use_event (self);
  use_future (self);
  use_promise (self);
  use_task (self);
  send_to_runner (self);
  use_runner (self);
  use_server (self);
  use_request (self);
  use_values (self);
  drop (self);

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    fault ("%s() has not been called", (char *) name);
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

static void
make_things (Things *self)
{
  GValue                number = G_VALUE_INIT;
  GAsyncResult         *result = NULL;
  g_autoptr (TaPromise) failing = ta_promise_new ();
  g_autoptr (GError)    error = NULL;

  *self = (Things){ .runner = test_runner_new_started ("forked"),
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
  ta_queue_reserve_async (self->queue, TA_TIMEOUT_INFINITE, NULL, keep_cb, &result);
  TEST_TURN_UNTIL (NULL, result != NULL);
  self->reserved = ta_queue_reserve_finish (self->queue, result, &error);
  g_assert_no_error (error);
  g_object_unref (result);
}

static void
test_every_call (void)
{
  Things things;
  pid_t  child;
  int    status;

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

  ta_promise_return_int (things.promise, 1);
  g_assert_true (ta_future_get_done (things.future));
  g_assert_false (ta_runner_stop (things.runner, TEST_DEADLINE_US, NULL, NULL));
  g_assert_true (ta_runner_stop (things.attached, TEST_DEADLINE_US, NULL, NULL));
  drop (&things);
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
