/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Promise 5 of properties: nobody sets them from outside, and any thread may get them.
 */

#include "test-notify-util.h"

static void
check_not_writable (GType type)
{
  g_autoptr (GTypeClass)  klass = g_type_class_ref (type);
  g_autofree GParamSpec **pspecs = NULL;
  guint                   n_pspecs = 0;

  pspecs = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n_pspecs);
  g_assert_cmpuint (n_pspecs, >, 0);

  for (guint i = 0; i < n_pspecs; i++)
    {
      if (pspecs[i]->flags & G_PARAM_WRITABLE && !(pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY))
        g_error ("%s:%s can be written after construction", g_type_name (type), pspecs[i]->name);
      g_assert_true (pspecs[i]->flags & G_PARAM_READABLE);
    }
}

/* A g_object_set() in a thread would emit there, so there is nothing that it could set. */
static void
test_nothing_writable (void)
{
  check_not_writable (TA_TYPE_FUTURE);
  check_not_writable (TA_TYPE_TASK);
  check_not_writable (TA_TYPE_RUNNER);
}

typedef struct
{
  TaPromise *promise;
  TaTask    *task;
  guint      n;
} Hammer;

static gpointer
set_thread (gpointer data)
{
  Hammer *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      ta_promise_set_status (self->promise, i % 2 ? "some longer status than before" : "status");
      ta_promise_set_progress (self->promise, i / (double) self->n);
      ta_task_set_name (self->task, i % 3 ? "a name" : "another, longer name");
    }
  ta_promise_set_status (self->promise, "the end");

  return NULL;
}

/* Getters may be used from any thread while others set: what they return is whole. */
static void
test_getters (void)
{
  Fixture          fixture;
  Hammer           hammer;
  TestWitness      witness;
  GThread         *threads[2];
  g_autofree char *last = NULL;

  fixture_init (&fixture);
  test_witness_init (&witness, NULL);
  connect_witness (fixture.task, "notify", &witness);
  ta_task_set_name (fixture.task, "a name");
  hammer = (Hammer){ fixture.promise, fixture.task, test_repeats (10000) };
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("setter", set_thread, &hammer);

  for (guint i = 0; i < hammer.n; i++)
    {
      g_autofree char *status = ta_task_dup_status (fixture.task);
      g_autofree char *name = ta_task_dup_name (fixture.task);
      double           progress = ta_task_get_progress (fixture.task);

      g_assert_true (status == NULL || g_str_equal (status, "status") ||
                     g_str_equal (status, "the end") ||
                     g_str_equal (status, "some longer status than before"));
      g_assert_true (g_str_equal (name, "a name") || g_str_equal (name, "another, longer name"));
      g_assert_true (progress >= 0.0 && progress <= 1.0);
      g_main_context_iteration (NULL, FALSE);
    }

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  last = ta_task_dup_status (fixture.task);
  g_assert_cmpstr (last, ==, "the end");
  test_turn_all (NULL);
  g_assert_cmpuint (witness.count, >, 0);
  g_signal_handlers_disconnect_by_data (fixture.task, &witness);
  fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/promise-5/nothing-writable", test_nothing_writable);
  test_add ("/promise-5/getters-from-any-thread", test_getters);

  return g_test_run ();
}
