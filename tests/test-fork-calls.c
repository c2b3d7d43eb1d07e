/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Every public call, in the child of a fork. */

#include "test-fork-calls.h"

static void
never_func (TaTask *task, gpointer data)
{
  fork_fault ("the function of a task is called");
}

static void
never_call (gpointer data)
{
  fork_fault ("a function is called");
}

static void
never_gtask_func (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  fork_fault ("the function of a GTask is called");
}

static void
destroy_cb (gpointer data)
{
  ((ForkThings *) data)->n_destroyed++;
}

void
fork_keep_cb (GObject *source, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

/* A call that has no error to say it with. */
#define HARMLESS(name, ...) (fork_call (#name), name (__VA_ARGS__))

/* One that fails. */
#define FORKED(name, ...)                                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GError *error = NULL;                                                                          \
    fork_call (#name);                                                                             \
    if (name (__VA_ARGS__, &error))                                                                \
      fork_fault (#name " succeeds");                                                              \
    else if (!g_error_matches (error, TA_ERROR, TA_ERROR_FORKED))                                  \
      fork_fault (#name " fails with %s", error != NULL ? error->message : "nothing");             \
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
      fork_fault ("%s does not call back", fork_called);                                           \
    else                                                                                           \
      FORKED (finish, __VA_ARGS__);                                                                \
    g_clear_object (&result);                                                                      \
  }                                                                                                \
  G_STMT_END

#define CHECK(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(condition))                                                                              \
      fork_fault ("%s: %s", fork_called, #condition);                                              \
  }                                                                                                \
  G_STMT_END

static void
use_queue (ForkThings *self)
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
  HARMLESS (ta_queue_put_async, queue, &in, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &result);
  FORKED_LATER (ta_queue_put_finish, queue, result);
  HARMLESS (ta_queue_get_async, queue, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &result);
  FORKED_LATER (ta_queue_get_finish, queue, result, &out);
  HARMLESS (ta_queue_reserve_async, queue, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &result);
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
use_event (ForkThings *self)
{
  TaEvent      *event = self->event;
  GAsyncResult *result = NULL;

  FORKED (ta_event_try_wait, event);
  FORKED (ta_event_wait, event, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_event_wait_async, event, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &result);
  FORKED_LATER (ta_event_wait_finish, event, result);
  HARMLESS (ta_event_set, event);
  CHECK (!HARMLESS (ta_event_get_is_set, event));
  HARMLESS (ta_event_clear, event);
  CHECK (HARMLESS (ta_event_get_main_context, event) != NULL);
  g_object_unref (HARMLESS (ta_event_new));

  HARMLESS (ta_sleep_async, 1, NULL, fork_keep_cb, &result);
  FORKED_LATER (ta_sleep_finish, result);
}

static void
use_future (ForkThings *self)
{
  TaFuture     *future = self->future;
  GAsyncResult *result = NULL;
  GValue        out = G_VALUE_INIT;

  FORKED (ta_future_try_wait, future, &out);
  FORKED (ta_future_wait, future, &out, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_future_wait, TA_FUTURE (self->task), &out, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_future_try_wait, self->failed, &out);
  HARMLESS (ta_future_wait_async, future, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &result);
  FORKED_LATER (ta_future_wait_finish, future, result, &out);
  HARMLESS (ta_future_get_done, future);
  CHECK (HARMLESS (ta_future_get_main_context, future) != NULL);
  g_clear_error (&(GError *){ HARMLESS (ta_future_dup_error, self->failed) });
  g_free (HARMLESS (ta_future_dup_error_message, self->failed));
  CHECK (HARMLESS (ta_future_take_foreign_error, self->failed, G_TYPE_OBJECT) == NULL);
}

static void
use_promise (ForkThings *self)
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
use_task (ForkThings *self)
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
send_to_runner (ForkThings *self)
{
  TaRunner     *runner = self->runner;
  GAsyncResult *result = NULL;
  GTask        *gtask = g_task_new (NULL, NULL, fork_keep_cb, &result);
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
            NULL, fork_keep_cb, &result);
  FORKED_LATER (ta_runner_call_in_loop_finish, runner, result);
  CHECK (self->n_destroyed == 5);
  FORKED (ta_runner_wait_for_next_iteration, runner, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_runner_wait_for_next_iteration_async, runner, TA_TIMEOUT_INFINITE, NULL,
            fork_keep_cb, &result);
  FORKED_LATER (ta_runner_wait_for_next_iteration_finish, runner, result);
  g_value_init (&target, G_TYPE_OBJECT);
  g_value_set_object (&target, self->queue);
  HARMLESS (ta_runner_call_method_async, runner, &target, "close", NULL, 0, TA_TIMEOUT_INFINITE,
            NULL, fork_keep_cb, &result);
  FORKED_LATER (ta_runner_call_method_finish, runner, result, NULL);
  g_value_unset (&target);
  HARMLESS (ta_runner_run_gtask, runner, gtask, never_gtask_func);
  FORKED_LATER (g_task_propagate_boolean, G_TASK (result));

  g_object_unref (gtask);
  g_object_unref (task);
}

static void
use_runner (ForkThings *self)
{
  TaRunner     *runner = self->runner;
  GAsyncResult *result = NULL;
  GPtrArray    *tasks;

  FORKED (ta_runner_start, self->unstarted);
  FORKED (ta_runner_stop, runner, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_runner_stop, self->attached, TA_TIMEOUT_INFINITE, NULL);
  FORKED (ta_runner_stop, self->unstarted, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_runner_stop_async, runner, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &result);
  FORKED_LATER (ta_runner_stop_finish, runner, result);

  tasks = HARMLESS (ta_runner_get_failed_tasks, runner);
  CHECK (tasks->len == 0);
  g_ptr_array_unref (tasks);
  CHECK (HARMLESS (ta_runner_get_n_failed_tasks, runner) == 0);
  g_object_unref (HARMLESS (ta_runner_list_tasks, runner));
  CHECK (!HARMLESS (ta_runner_get_running, runner));
  CHECK (!HARMLESS (ta_runner_is_in_loop, runner));
  /* This is for the runner's own thread, which is not there. */
  fork_call ("ta_runner_iterate");
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
  HARMLESS (ta_set_interrupt_func, NULL);
  HARMLESS (ta_was_interrupted);
  g_free (HARMLESS (ta_debug_dup_tasks));
}

static void
use_server (ForkThings *self)
{
  TaServer     *server = self->server;
  TaClient     *client = self->client;
  GAsyncResult *result = NULL;
  GValue        out = G_VALUE_INIT;
  TaRunner     *runner;
  TaRequest    *request;

  FORKED (ta_client_execute_wait, client, "ask", NULL, 0, NULL, &out, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_client_execute_async, client, "ask", NULL, 0, NULL, TA_TIMEOUT_INFINITE, NULL,
            fork_keep_cb, &result);
  FORKED_LATER (ta_client_execute_finish, client, result, &out);
  request = HARMLESS (ta_client_execute, client, "ask", NULL, 0, NULL);
  FORKED (ta_future_wait, TA_FUTURE (request), &out, TA_TIMEOUT_INFINITE, NULL);
  g_object_unref (request);
  runner = HARMLESS (ta_client_get_runner, client);
  g_clear_object (&runner);
  g_object_unref (HARMLESS (ta_client_new, server, self->runner));

  FORKED (ta_server_process, server, TA_TIMEOUT_INFINITE, NULL);
  HARMLESS (ta_server_await_rest, server, TA_TIMEOUT_INFINITE);
  HARMLESS (ta_server_process_async, server, TA_TIMEOUT_INFINITE, NULL, fork_keep_cb, &result);
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
use_request (ForkThings *self)
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
  fork_call ("ta_request_take_promise");
  CHECK (!HARMLESS (ta_request_withdraw, request));
}

/* These are about nothing that other threads know of. */
static void
use_values (ForkThings *self)
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
  fork_call ("ta_task_take_promise");
}

void
fork_use_everything (ForkThings *self)
{
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
}
