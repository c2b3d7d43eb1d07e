/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Who handles a request, and what becomes of one that nobody handles or answers. */

#include "test-asker.h"

/* The first request fails as the handler makes it. */
static void
check_failure (TestServing *self, GQuark domain, int code, const char *text)
{
  test_asker_start (self->asker);
  g_assert_true (test_server_process (self->server));
  test_gate_await (&self->asker->ended, 1);
  g_assert_error (self->asker->error, domain, code);
  test_assert_message_has (self->asker->error, "increment");
  test_assert_message_has (self->asker->error, "the server");
  test_assert_message_has (self->asker->error, text);
  g_assert_false (test_server_process (self->server));
}

/* The same for a handler, or for none. */
static void
check_handler (GCallback handler, GQuark domain, int code, const char *text)
{
  TestServing fixture;

  test_serving_init (&fixture, 1);
  if (handler != NULL)
    g_signal_connect (fixture.server, "handle-request", handler, NULL);
  check_failure (&fixture, domain, code, text);
  test_serving_clear (&fixture);
}

static void
test_unhandled (void)
{
  check_handler (NULL, TA_ERROR, TA_ERROR_UNHANDLED, "Nobody handled");
}

static gboolean
refuse_cb (TaServer *server, TaRequest *request, gpointer data)
{
  ++*(int *) data;

  return FALSE;
}

static void
test_nobody_wants_it (void)
{
  TestServing fixture;
  int         n_asked = 0;

  test_serving_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (refuse_cb), &n_asked);
  g_signal_connect (fixture.server, "handle-request::increment", G_CALLBACK (refuse_cb), &n_asked);
  g_signal_connect (fixture.server, "handle-request::decrement", G_CALLBACK (refuse_cb), &n_asked);
  check_failure (&fixture, TA_ERROR, TA_ERROR_UNHANDLED, "Nobody handled");
  g_assert_cmpint (n_asked, ==, 2);
  test_serving_clear (&fixture);
}

static gboolean
forget_cb (TaServer *server, TaRequest *request, gpointer data)
{
  return TRUE;
}

static void
test_forgotten (void)
{
  check_handler (G_CALLBACK (forget_cb), TA_ERROR, TA_ERROR_DROPPED, "without taking its promise");
}

static gboolean
drop_cb (TaServer *server, TaRequest *request, gpointer data)
{
  ta_promise_unref (ta_request_take_promise (request));

  return TRUE;
}

static void
test_dropped (void)
{
  check_handler (G_CALLBACK (drop_cb), TA_ERROR, TA_ERROR_DROPPED, "was dropped");
}

static gboolean
fail_cb (TaServer *server, TaRequest *request, gpointer data)
{
  g_autoptr (TaPromise) promise = ta_request_take_promise (request);

  ta_promise_return_new_error (promise, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                               "the server has no space to increment");

  return TRUE;
}

static void
test_error (void)
{
  check_handler (G_CALLBACK (fail_cb), G_IO_ERROR, G_IO_ERROR_NO_SPACE, "no space");
}

/* The first who handles it keeps it from the others. */
static void
test_first_handled (void)
{
  TestServing fixture;
  int         n_before = 0, n_after = 0, n_other = 0;

  test_serving_init (&fixture, 1);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (refuse_cb), &n_before);
  g_signal_connect (fixture.server, "handle-request::other", G_CALLBACK (refuse_cb), &n_other);
  g_signal_connect (fixture.server, "handle-request::increment", G_CALLBACK (test_increment_cb),
                    NULL);
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (refuse_cb), &n_after);

  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->last_answer, ==, 1);
  g_assert_cmpint (n_before, ==, 1);
  g_assert_cmpint (n_after, ==, 0);
  g_assert_cmpint (n_other, ==, 0);
  test_serving_clear (&fixture);
}

/* A method that nobody is connected to does not become a quark. */
static void
test_no_quark (void)
{
  TestServing fixture;

  test_serving_init (&fixture, 1);
  fixture.asker->method = "a method that nobody knows";
  g_signal_connect (fixture.server, "handle-request", G_CALLBACK (test_increment_cb), NULL);
  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->last_answer, ==, 1);
  g_assert_cmpuint (g_quark_try_string ("a method that nobody knows"), ==, 0);
  test_serving_clear (&fixture);
}

static gboolean
swapped_cb (gpointer data, TaRequest *request, TaServer *server)
{
  TestServing *fixture = data;

  g_assert_true (server == fixture->server);

  return test_increment_cb (server, request, NULL);
}

static void
test_swapped_data (void)
{
  TestServing fixture;

  test_serving_init (&fixture, 1);
  g_signal_connect_swapped (fixture.server, "handle-request", G_CALLBACK (swapped_cb), &fixture);
  test_asker_start (fixture.asker);
  g_assert_true (test_server_process (fixture.server));
  g_assert_cmpint (fixture.asker->last_answer, ==, 1);
  test_serving_clear (&fixture);
}

/* A class that handles. */

#define TEST_TYPE_DOUBLER (test_doubler_get_type ())
G_DECLARE_FINAL_TYPE (TestDoubler, test_doubler, TEST, DOUBLER, TaServer)

struct _TestDoubler
{
  TaServer parent_instance;
  guint    n_handled;
};

G_DEFINE_FINAL_TYPE (TestDoubler, test_doubler, TA_TYPE_SERVER)

static gboolean
test_doubler_handle_request (TaServer *server, TaRequest *request)
{
  g_autoptr (TaPromise) promise = NULL;

  if (strcmp (ta_request_get_method (request), "double") != 0)
    return TA_SERVER_CLASS (test_doubler_parent_class)->handle_request (server, request);

  TEST_DOUBLER (server)->n_handled++;
  promise = ta_request_take_promise (request);
  ta_promise_return_int (promise, test_request_get_int (request, 0) * 2);

  return TRUE;
}

static void
test_doubler_class_init (TestDoublerClass *klass)
{
  TA_SERVER_CLASS (klass)->handle_request = test_doubler_handle_request;
}

static void
test_doubler_init (TestDoubler *self)
{
}

static void
test_subclass (void)
{
  g_autoptr (TestDoubler) doubler = g_object_new (TEST_TYPE_DOUBLER, "name", "doubler", NULL);
  g_autoptr (TaRunner)    runner = test_runner_new_started (NULL);
  g_autoptr (TestAsker)   asker = test_asker_new (TA_SERVER (doubler), runner, "double", 3);
  g_autoptr (TestAsker)   other = test_asker_new (TA_SERVER (doubler), runner, "halve", 1);

  test_asker_start (asker);
  for (int i = 0; i < 3; i++)
    {
      g_assert_true (test_server_process (TA_SERVER (doubler)));
      g_assert_cmpint (asker->last_answer, ==, 2 * i);
    }
  g_assert_cmpuint (doubler->n_handled, ==, 3);

  /* Handlers that are connected come first. */
  asker->n_requests = 4;
  g_signal_connect (doubler, "handle-request::double", G_CALLBACK (test_increment_cb), NULL);
  test_asker_start (asker);
  g_assert_true (test_server_process (TA_SERVER (doubler)));
  g_assert_cmpint (asker->last_answer, ==, 4);
  g_assert_cmpuint (doubler->n_handled, ==, 3);

  test_asker_start (other);
  g_assert_true (test_server_process (TA_SERVER (doubler)));
  test_gate_await (&other->ended, 1);
  g_assert_error (other->error, TA_ERROR, TA_ERROR_UNHANDLED);

  test_runner_stop (runner);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/server-handlers/unhandled", test_unhandled);
  test_add ("/server-handlers/unhandled/nobody-wants-it", test_nobody_wants_it);
  test_add ("/server-handlers/dropped/forgotten", test_forgotten);
  test_add ("/server-handlers/dropped", test_dropped);
  test_add ("/server-handlers/error", test_error);
  test_add ("/server-handlers/first-who-handles", test_first_handled);
  test_add ("/server-handlers/no-quark", test_no_quark);
  test_add ("/server-handlers/swapped-data", test_swapped_data);
  test_add ("/server-handlers/subclass", test_subclass);

  return g_test_run ();
}
