/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "test-util.h"

static void
test_quark (void)
{
  g_assert_cmpstr (g_quark_to_string (TA_ERROR), ==, "ta-error-quark");
  g_assert_cmpuint (TA_ERROR, ==, ta_error_quark ());
}

typedef struct
{
  int         value;
  const char *nick;
} Code;

static void
check_enum (GType type, const Code *codes, guint n_codes)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  GEnumClass            *enum_class = G_ENUM_CLASS (klass);

  g_assert_cmpuint (enum_class->n_values, ==, n_codes);

  for (guint i = 0; i < n_codes; i++)
    {
      const GEnumValue *value = g_enum_get_value (enum_class, codes[i].value);

      g_assert_nonnull (value);
      g_assert_cmpstr (value->value_nick, ==, codes[i].nick);
    }
}

/* The numbers are ABI, and the nicks are what other languages see. */
static void
test_codes (void)
{
  static const Code codes[] = {
    { 0, "failed" },       { 1, "closed" },       { 2, "dropped" },    { 3, "would-deadlock" },
    { 4, "not-running" },  { 5, "already-done" }, { 6, "wrong-type" }, { 7, "wrong-thread" },
    { 8, "tasks-failed" }, { 9, "unhandled" },    { 10, "forked" },
  };

  check_enum (TA_TYPE_ERROR, codes, G_N_ELEMENTS (codes));
  g_assert_cmpint (TA_ERROR_WOULD_DEADLOCK, ==, 3);
  g_assert_cmpint (TA_ERROR_FORKED, ==, 10);
}

static void
test_shutdown_types (void)
{
  static const Code types[] = {
    { 0, "not-shut-down" },        { 1, "stopped" }, { 2, "force-stopped" },
    { 3, "failed-force-stopped" }, { 4, "unknown" },
  };

  check_enum (TA_TYPE_SHUTDOWN_TYPE, types, G_N_ELEMENTS (types));
}

/* What a binding would keep. */
static TaBox *
new_foreign (TestHooks *hooks)
{
  GValue value = G_VALUE_INIT;
  TaBox *box;

  *hooks = (TestHooks){ 0 };
  test_hooked_value_init (&value, hooks, 7);
  box = ta_box_new (&value, NULL, NULL);
  g_value_unset (&value);

  return box;
}

static TaFuture *
fail (TaBox *foreign)
{
  g_autoptr (TaPromise) promise = ta_promise_new ();
  TaFuture             *future = ta_promise_get_future (promise);

  ta_promise_return_foreign_error (promise, TA_ERROR_CLOSED, "ValueError: no", foreign);

  return future;
}

static void
check_fails (TaFuture *future)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ta_future_try_wait (future, NULL, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
  g_assert_cmpstr (error->message, ==, "ValueError: no");
}

static void
test_foreign (void)
{
  TestHooks            hooks;
  g_autoptr (TaBox)    foreign = new_foreign (&hooks);
  g_autoptr (TaFuture) future = fail (foreign);
  g_autoptr (TaBox)    taken = NULL;

  check_fails (future);
  g_assert_null (ta_future_take_foreign_error (future, G_TYPE_OBJECT));

  /* Once, and then nothing is left of it in the future. */
  taken = ta_future_take_foreign_error (future, TEST_TYPE_HOOKED);
  g_assert_true (taken == foreign);
  g_assert_null (ta_future_take_foreign_error (future, TEST_TYPE_HOOKED));
  check_fails (future);
  g_clear_pointer (&taken, ta_box_unref);
  g_clear_pointer (&foreign, ta_box_unref);
  g_assert_cmpint (hooks.live, ==, 0);
}

static void
test_foreign_passed_on (void)
{
  TestHooks             hooks;
  g_autoptr (TaBox)     foreign = new_foreign (&hooks);
  g_autoptr (TaFuture)  first = fail (foreign);
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  second = ta_promise_get_future (promise);
  GError               *error = NULL;
  TaFuture             *both[] = { first, second };

  g_assert_false (ta_future_try_wait (first, NULL, &error));
  ta_promise_return_error (promise, error);

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_autoptr (TaBox) taken = ta_future_take_foreign_error (both[i], TEST_TYPE_HOOKED);

      check_fails (both[i]);
      g_assert_true (taken == foreign);
    }
  g_assert_cmpint (hooks.copies, ==, 1);
}

static void
test_foreign_of_others (void)
{
  g_autoptr (TaPromise) promise = ta_promise_new ();
  g_autoptr (TaFuture)  future = ta_promise_get_future (promise);
  g_autoptr (TaPromise) plain = ta_promise_new ();
  g_autoptr (TaFuture)  plain_future = ta_promise_get_future (plain);

  g_assert_null (ta_future_take_foreign_error (future, TEST_TYPE_HOOKED));
  ta_promise_return_int (promise, 1);
  g_assert_null (ta_future_take_foreign_error (future, TEST_TYPE_HOOKED));
  ta_promise_return_failed (plain, "no");
  g_assert_null (ta_future_take_foreign_error (plain_future, TEST_TYPE_HOOKED));
}

static void
wait_again (gpointer future)
{
  for (guint i = 0; i < 1000; i++)
    check_fails (future);
}

static gpointer
wait_again_thread (gpointer future)
{
  wait_again (future);

  return NULL;
}

/* One takes it while others are given copies of the error. */
static void
test_foreign_races (void)
{
  for (guint round = 0; round < test_repeats (20); round++)
    {
      TestHooks         hooks;
      TaBox            *foreign = new_foreign (&hooks);
      TaFuture         *future = fail (foreign);
      GThread          *thread = g_thread_new ("wait", wait_again_thread, future);
      g_autoptr (TaBox) taken = NULL;

      ta_box_unref (foreign);
      taken = ta_future_take_foreign_error (future, TEST_TYPE_HOOKED);
      g_assert_true (taken == foreign);
      wait_again (future);
      g_thread_join (thread);
      g_object_unref (future);
      g_assert_cmpint (hooks.live, ==, 1);
      g_clear_pointer (&taken, ta_box_unref);
      g_assert_cmpint (hooks.live, ==, 0);
    }
}

/* Bindings know a domain by its name, and need not have asked for it before; so this comes first. */
static void
test_by_name (void)
{
  GError *error = g_error_new_literal (g_quark_from_string ("ta-error-quark"), 1, "by name");
  g_autoptr (GError) copy = NULL;

  g_assert_cmpuint (error->domain, ==, TA_ERROR);
  copy = g_error_copy (error);
  g_error_free (error);
  g_assert_cmpstr (copy->message, ==, "by name");
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/error/by-name", test_by_name);
  test_add ("/error/quark", test_quark);
  test_add ("/error/codes", test_codes);
  test_add ("/error/shutdown-types", test_shutdown_types);

  test_add ("/error/foreign", test_foreign);
  test_add ("/error/foreign/passed-on", test_foreign_passed_on);
  test_add ("/error/foreign/of-others", test_foreign_of_others);
  test_add ("/error/foreign/races", test_foreign_races);

  return g_test_run ();
}
