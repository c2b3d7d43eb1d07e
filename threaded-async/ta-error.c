/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-box-private.h"
#include "ta-error-private.h"

/*
 * An error of this domain may carry what it was in the language that it comes from: a box, which its
 * copies share, so that it gets through whatever passes the error on.
 */
typedef struct
{
  TaBox *foreign; /* owned; NULL where there is none */
} TaErrorPrivate;

/* Where GLib puts it: before the struct, which stays aligned. */
static TaErrorPrivate *
ta_error_get_private (const GError *error)
{
  const gsize alignment = 2 * sizeof (gsize);

  return (TaErrorPrivate *) ((guint8 *) error -
                             ((sizeof (TaErrorPrivate) + (alignment - 1)) & -alignment));
}

static void
ta_error_private_init (GError *error)
{
  ta_error_get_private (error)->foreign = NULL;
}

static void
ta_error_private_copy (const GError *from, GError *to)
{
  TaBox *foreign = ta_error_get_private (from)->foreign;

  if (foreign != NULL)
    ta_error_get_private (to)->foreign = ta_box_ref (foreign);
}

static void
ta_error_private_clear (GError *error)
{
  g_clear_pointer (&ta_error_get_private (error)->foreign, ta_box_unref);
}

/* G_DEFINE_EXTENDED_ERROR() does the same, but names the domain otherwise than bindings expect. */
GQuark
ta_error_quark (void)
{
  static gsize quark;

  if (g_once_init_enter (&quark))
    g_once_init_leave (&quark, g_error_domain_register_static (
                                   "ta-error-quark", sizeof (TaErrorPrivate), ta_error_private_init,
                                   ta_error_private_copy, ta_error_private_clear));

  return (GQuark) quark;
}

/*
 * Before anybody can make an error of this domain by its name alone, as bindings do: one that was made
 * before the domain is known has no place for what is private, and would be freed as if it had.
 */
__attribute__ ((constructor)) static void
ta_error_register (void)
{
  ta_error_quark ();
}

/* Makes an error that carries a box. */
GError *
ta_error_new_foreign (TaError code, const char *message, TaBox *foreign)
{
  GError *error = g_error_new_literal (TA_ERROR, code, message);

  ta_error_get_private (error)->foreign = ta_box_ref (foreign);

  return error;
}

/* Takes the box out of an error, if it carries one with a foreign value of @type. */
TaBox *
ta_error_steal_foreign (GError *error, GType type)
{
  TaErrorPrivate *priv;

  if (error->domain != TA_ERROR)
    return NULL;

  priv = ta_error_get_private (error);
  if (priv->foreign == NULL || !g_type_is_a (ta_box_get_foreign_type (priv->foreign), type))
    return NULL;

  return g_steal_pointer (&priv->foreign);
}
