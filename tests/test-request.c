/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Requests, of which a loop uses one again that nobody refers to any more: there is nothing to be seen of
 * that.
 */

#include "test-asker.h"

/* What a handler sees of the requests that it answers. */
typedef struct
{
  guint      n_seen;
  int        n_done; /* atomic: how often the first one said that it was done */
  TaRequest *held;
  GWeakRef   weak;
} Seen;

static void
done_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  Seen *seen = data;

  g_atomic_int_inc (&seen->n_done);
}

static void
answer (TaRequest *request)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);

  ta_promise_return_int (promise, 1);
}

/* Runs something in the loop of a client. */
static void
call (TaClient *client, void (*func) (gpointer client))
{
  g_autoptr (TaRunner) runner = ta_client_get_runner (client);
  g_autoptr (GError)   error = NULL;

  ta_runner_call_in_loop (runner, func, client, NULL, TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
}

static void
ask_with_names_cb (gpointer client)
{
  const char *const names[] = { "depth", "width", NULL };
  GValue            args[3] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };

  for (guint i = 0; i < G_N_ELEMENTS (args); i++)
    {
      g_value_init (&args[i], G_TYPE_STRING);
      g_value_set_static_string (&args[i], "long");
    }
  ta_client_execute_async (client, "measure", args, G_N_ELEMENTS (args), names, TA_TIMEOUT_INFINITE,
                           NULL, NULL, NULL);
}

static void
ask_plainly_cb (gpointer client)
{
  ta_client_execute_async (client, "look", NULL, 0, NULL, TA_TIMEOUT_INFINITE, NULL, NULL, NULL);
}

static gboolean
listen_cb (TaServer *server, TaRequest *request, gpointer data)
{
  Seen *seen = data;

  if (seen->n_seen++ == 0)
    {
      g_assert_cmpstr (ta_request_get_method (request), ==, "measure");
      g_assert_cmpuint (ta_request_get_n_args (request), ==, 1);
      g_assert_cmpstr (ta_request_get_names (request)[1], ==, "width");
      g_signal_connect (request, "notify::done", G_CALLBACK (done_cb), seen);
    }
  else
    {
      g_autoptr (GError) error = NULL;
      g_auto (GValue)    value = G_VALUE_INIT;

      g_assert_cmpstr (ta_request_get_method (request), ==, "look");
      g_assert_cmpuint (ta_request_get_n_args (request), ==, 0);
      g_assert_null (ta_request_get_names (request)[0]);
      g_assert_false (ta_request_get_arg (request, 0, &value, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      g_assert_false (ta_future_get_done (TA_FUTURE (request)));
    }
  answer (request);

  return TRUE;
}

/* Neither arguments nor handlers are those of another request. */
static void
test_nothing_of_the_former (void)
{
  TestServing serving;
  Seen        seen = { 0 };

  test_serving_init (&serving, 0);
  g_signal_connect (serving.server, "handle-request", G_CALLBACK (listen_cb), &seen);
  call (serving.asker->client, ask_with_names_cb);
  g_assert_true (test_server_process (serving.server));
  for (guint i = 0; i < 10; i++)
    {
      call (serving.asker->client, ask_plainly_cb);
      g_assert_true (test_server_process (serving.server));
    }
  g_assert_cmpuint (seen.n_seen, ==, 11);
  test_serving_clear (&serving);
  g_assert_cmpint (g_atomic_int_get (&seen.n_done), ==, 1);
}

static gboolean
hold_cb (TaServer *server, TaRequest *request, gpointer data)
{
  Seen *seen = data;

  g_assert_true (request != seen->held);
  if (seen->n_seen++ == 2)
    seen->held = g_object_ref (request);
  answer (request);

  return TRUE;
}

/* One that somebody keeps stays what it is. */
static void
test_held (void)
{
  TestServing     serving;
  Seen            seen = { 0 };
  g_auto (GValue) value = G_VALUE_INIT;

  test_serving_init (&serving, 8);
  g_signal_connect (serving.server, "handle-request", G_CALLBACK (hold_cb), &seen);
  test_asker_start (serving.asker);
  for (guint i = 0; i < 8; i++)
    g_assert_true (test_server_process (serving.server));
  test_serving_clear (&serving);

  g_assert_cmpstr (ta_request_get_method (seen.held), ==, "increment");
  g_assert_cmpint (test_request_get_int (seen.held, 0), ==, 2);
  g_assert_true (ta_future_try_wait (TA_FUTURE (seen.held), &value, NULL));
  g_assert_cmpint (g_value_get_int64 (&value), ==, 1);
  g_object_unref (seen.held);
}

static gboolean
watch_cb (TaServer *server, TaRequest *request, gpointer data)
{
  Seen *seen = data;

  if (seen->n_seen++ == 2)
    g_weak_ref_init (&seen->weak, request);
  answer (request);

  return TRUE;
}

/* For who has a weak reference it is gone when it is gone. */
static void
test_weak (void)
{
  TestServing serving;
  Seen        seen = { 0 };

  test_serving_init (&serving, 8);
  g_signal_connect (serving.server, "handle-request", G_CALLBACK (watch_cb), &seen);
  test_asker_start (serving.asker);
  for (guint i = 0; i < 8; i++)
    {
      g_assert_true (test_server_process (serving.server));
      if (i > 2)
        g_assert_null (g_weak_ref_get (&seen.weak));
    }
  g_weak_ref_clear (&seen.weak);
  test_serving_clear (&serving);
}

static void
ask_with_object_cb (gpointer client)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_OBJECT);
  g_value_take_object (&value, g_object_new (G_TYPE_OBJECT, NULL));
  ta_client_execute_async (client, "look at", &value, 1, NULL, TA_TIMEOUT_INFINITE, NULL, NULL,
                           NULL);
  g_value_unset (&value);
}

static gboolean
watch_arg_cb (TaServer *server, TaRequest *request, gpointer data)
{
  Seen           *seen = data;
  g_auto (GValue) value = G_VALUE_INIT;

  g_assert_true (ta_request_get_arg (request, 0, &value, NULL));
  g_weak_ref_init (&seen->weak, g_value_get_object (&value));
  answer (request);

  return TRUE;
}

/* What a request was about goes when it has been answered, and does not wait for the next one. */
static void
test_args_go (void)
{
  TestServing serving;
  Seen        seen = { 0 };

  test_serving_init (&serving, 0);
  g_signal_connect (serving.server, "handle-request", G_CALLBACK (watch_arg_cb), &seen);
  for (guint i = 0; i < 5; i++)
    {
      call (serving.asker->client, ask_with_object_cb);
      g_assert_true (test_server_process (serving.server));
      g_assert_null (g_weak_ref_get (&seen.weak));
      g_weak_ref_clear (&seen.weak);
    }
  test_serving_clear (&serving);
}

/* A client goes with its last request. */
static void
ask_and_go_cb (gpointer client)
{
  ask_plainly_cb (client);
  g_object_unref (client);
}

static void
test_client_goes (void)
{
  TestServing serving;
  Seen        seen = { 0 };

  test_serving_init (&serving, 0);
  g_signal_connect (serving.server, "handle-request", G_CALLBACK (hold_cb), &seen);
  for (guint i = 0; i < 5; i++)
    {
      TaClient *client = ta_client_new (serving.server, serving.runner);

      call (client, i == 2 ? ask_plainly_cb : ask_and_go_cb);
      g_assert_true (test_server_process (serving.server));
      if (i == 2)
        g_object_unref (client);
    }
  g_clear_object (&seen.held);
  test_serving_clear (&serving);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/request/used-again/nothing-of-the-former", test_nothing_of_the_former);
  test_add ("/request/used-again/held", test_held);
  test_add ("/request/used-again/weak", test_weak);
  test_add ("/request/used-again/arguments-go", test_args_go);
  test_add ("/request/client-goes", test_client_goes);

  return g_test_run ();
}
