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

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/error/quark", test_quark);
  test_add ("/error/codes", test_codes);
  test_add ("/error/shutdown-types", test_shutdown_types);

  return g_test_run ();
}
