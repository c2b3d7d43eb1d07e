/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The results that callbacks get. Those that nobody keeps may serve again, and nobody can tell: what is
 * kept stays what it was, and what is attached to one goes with it.
 */

#include "test-util.h"

#define N 5

typedef struct
{
  TaQueue      *queue;
  guint         n_called;
  GAsyncResult *kept[N];
} Fixture;

static gint64
take (Fixture *self, GAsyncResult *result)
{
  g_auto (GValue)    value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  ta_queue_get_finish (self->queue, result, &value, &error);
  g_assert_no_error (error);

  return g_value_get_int64 (&value);
}

static void
check (Fixture *self, GAsyncResult *result)
{
  g_autoptr (GObject) source = g_async_result_get_source_object (result);

  g_assert_true (source == (gpointer) self->queue);
  g_assert_true (g_async_result_get_user_data (result) == self);
}

static void
keep_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fixture *self = data;

  check (self, result);
  self->kept[self->n_called++] = g_object_ref (result);
}

static void
begin (Fixture *self, GAsyncReadyCallback callback)
{
  ta_queue_get_async (self->queue, TEST_DEADLINE_US, NULL, callback, self);
}

/* Each that is kept is one of its own, and has its own item. */
static void
test_kept (void)
{
  Fixture fixture = { .queue = ta_queue_new (0) };

  for (guint i = 0; i < N; i++)
    begin (&fixture, keep_cb);
  for (guint i = 0; i < N; i++)
    g_assert_true (ta_queue_try_put (fixture.queue, TA_VALUE_INT (i), NULL));
  TEST_TURN_UNTIL (NULL, fixture.n_called == N);

  for (guint i = 0; i < N; i++)
    {
      for (guint j = 0; j < i; j++)
        g_assert_true (fixture.kept[i] != fixture.kept[j]);
      check (&fixture, fixture.kept[i]);
      g_assert_cmpint (take (&fixture, fixture.kept[i]), ==, i);
      g_object_unref (fixture.kept[i]);
    }
  g_object_unref (fixture.queue);
}

static guint n_destroyed;
static guint n_weak;

static void
destroy_cb (gpointer data)
{
  n_destroyed++;
}

static void
weak_cb (gpointer data, GObject *object)
{
  n_weak++;
}

static void
attach_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fixture *self = data;

  g_assert_cmpint (take (self, result), ==, self->n_called);
  g_assert_cmpuint (n_destroyed, ==, self->n_called);
  g_assert_cmpuint (n_weak, ==, self->n_called);
  g_assert_null (g_object_get_data (G_OBJECT (result), "test"));
  g_object_set_data_full (G_OBJECT (result), "test", self, destroy_cb);
  g_object_weak_ref (G_OBJECT (result), weak_cb, NULL);
  self->n_called++;
}

/* What was attached to a result goes when its callback returns, and is not seen by the next one. */
static void
test_attached (void)
{
  Fixture fixture = { .queue = ta_queue_new (0) };

  n_destroyed = n_weak = 0;
  for (guint i = 0; i < N; i++)
    begin (&fixture, attach_cb);
  for (guint i = 0; i < N; i++)
    g_assert_true (ta_queue_try_put (fixture.queue, TA_VALUE_INT (i), NULL));
  TEST_TURN_UNTIL (NULL, fixture.n_called == N);

  g_assert_cmpuint (n_destroyed, ==, N);
  g_assert_cmpuint (n_weak, ==, N);
  g_object_unref (fixture.queue);
}

static void
weak_reference_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_weak_ref_set (data, result);
}

static void
nothing_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = TRUE;
}

/* A weak reference does not find what serves somebody else by now. */
static void
test_weak_reference (void)
{
  g_autoptr (TaEvent) event = ta_event_new ();
  GWeakRef            weak;
  gboolean            is_called = FALSE;

  g_weak_ref_init (&weak, NULL);
  ta_event_set (event);
  ta_event_wait_async (event, TEST_DEADLINE_US, NULL, weak_reference_cb, &weak);
  ta_event_wait_async (event, TEST_DEADLINE_US, NULL, nothing_cb, &is_called);
  TEST_TURN_UNTIL (NULL, is_called);
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
}

static void
inner_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fixture *self = data;

  check (self, result);
  g_assert_cmpint (take (self, result), ==, 2);
  self->n_called++;
}

static void
outer_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fixture *self = data;

  begin (self, inner_cb);
  g_assert_true (ta_queue_try_put (self->queue, TA_VALUE_INT (2), NULL));
  TEST_TURN_UNTIL (NULL, self->n_called == 1);

  check (self, result);
  g_assert_cmpint (take (self, result), ==, 1);
  self->n_called++;
}

/* A main loop that is nested in a callback has results of its own. */
static void
test_nested (void)
{
  Fixture fixture = { .queue = ta_queue_new (0) };

  begin (&fixture, outer_cb);
  g_assert_true (ta_queue_try_put (fixture.queue, TA_VALUE_INT (1), NULL));
  TEST_TURN_UNTIL (NULL, fixture.n_called == 2);
  g_object_unref (fixture.queue);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/results/kept", test_kept);
  test_add ("/results/attached", test_attached);
  test_add ("/results/weak-reference", test_weak_reference);
  test_add ("/results/nested", test_nested);

  return g_test_run ();
}
