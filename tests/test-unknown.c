/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which objects the library takes for ones that nobody else knows, and uses again. */

#include "test-util.h"

/* What another thread does right after the references have been counted the first time. */
static void (*meanwhile) (void);

static int
count (const guint *n_references)
{
  int n = (int) __atomic_load_n (n_references, __ATOMIC_SEQ_CST);

  if (meanwhile != NULL)
    g_steal_pointer (&meanwhile) ();

  return n;
}

#undef g_atomic_int_get
#define g_atomic_int_get(address) count ((const guint *) (address))

#include "../threaded-async/ta-unknown-private.h"

static GWeakRef weak;
static GObject *revived;

static void
revive (void)
{
  revived = g_weak_ref_get (&weak);
  g_weak_ref_clear (&weak);
}

static void
test_known (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

  g_assert_true (ta_object_is_unknown (object));

  g_object_ref (object);
  g_assert_false (ta_object_is_unknown (object));
  g_object_unref (object);
  g_assert_true (ta_object_is_unknown (object));

  g_weak_ref_init (&weak, object);
  g_assert_false (ta_object_is_unknown (object));
  g_weak_ref_clear (&weak);
  g_object_unref (object);

  object = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data (object, "known", object);
  g_assert_false (ta_object_is_unknown (object));
  g_object_unref (object);
}

static void
test_revived (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

  g_weak_ref_init (&weak, object);
  meanwhile = revive;
  g_assert_false (ta_object_is_unknown (object));
  g_assert_true (revived == object);

  g_object_unref (revived);
  g_object_unref (object);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/unknown/who-knows-it", test_known);
  test_add ("/unknown/revived-meanwhile", test_revived);

  return g_test_run ();
}
