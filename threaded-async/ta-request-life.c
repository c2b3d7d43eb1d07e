/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-request-private.h"
#include "ta-unknown-private.h"
#include "ta-value-private.h"

/*
 * How requests begin and end.
 *
 * To make a GObject and to free it again takes longer than all else that a request does. Hardly anybody
 * keeps one for longer than until it is answered, or attaches anything to it: so one that a loop has made,
 * and that nobody but the library refers to any more, stays with its link, and is the next one there.
 */

/* Says what is wrong with the names. */
static gboolean
check_names (TaRequest *self, gsize n_values, GError **error)
{
  g_autofree char *description = ta_future_describe (TA_FUTURE (self));

  if (self->n_names > n_values)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "The arguments of %s have more names than values: %u, and %" G_GSIZE_FORMAT,
                   description, self->n_names, n_values);
      return FALSE;
    }

  for (guint i = 0; i < self->n_names; i++)
    {
      if (!g_strv_contains ((const char *const *) self->names + i + 1, self->names[i]))
        continue;

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "Two arguments of %s are named “%s”", description, self->names[i]);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_args (TaRequest *self, const GValue *args, gsize n_values, GError **error)
{
  for (gsize i = 0; i < n_values; i++)
    {
      g_autofree char *description = NULL;

      if (G_IS_VALUE (&args[i]))
        continue;

      description = ta_future_describe (TA_FUTURE (self));
      g_set_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE,
                   "Argument %" G_GSIZE_FORMAT " of %s is a value without a type", i, description);
      return FALSE;
    }

  return self->n_names == 0 || check_names (self, n_values, error);
}

/* Lets go of what it was about. */
static void
ta_request_clear (TaRequest *self)
{
  for (guint i = 0; i < self->n_args + self->n_names; i++)
    {
      if (G_VALUE_TYPE (&self->args[i]) != G_TYPE_INVALID)
        g_value_unset (&self->args[i]);
    }
  self->n_args = 0;
  self->n_names = 0;
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_object (&self->client);
}

/*
 * Drops a reference; in any thread. The last one stays with the link, for the next request, unless somebody
 * may still know this one. Two who come at the very same time just free it.
 */
void
ta_request_release (gpointer request)
{
  TaRequest *self = request;
  TaLink    *link = self->link;

  /* Only what was made on the loop itself belongs there. */
  if (!ta_object_is_unknown (&self->parent_instance.parent_instance) ||
      !ta_loop_get_started (link->loop) ||
      self->parent_instance.notifier.inbox != ta_loop_get_inbox (link->loop) ||
      g_atomic_pointer_get (&link->spare) != NULL)
    {
      g_object_unref (self);
      return;
    }

  /* The client may be the last one, and go. */
  ta_link_ref (link);
  g_signal_handlers_destroy (self);
  ta_future_reset (&self->parent_instance);
  ta_request_clear (self);
  if (!g_atomic_pointer_compare_and_exchange (&link->spare, NULL, self))
    g_object_unref (self);
  ta_link_unref (link);
}

/* Returns what ta_request_release() has left for the loop that the calling thread runs, or NULL. */
static TaRequest *
ta_request_take_kept (TaLink *link)
{
  if (g_atomic_pointer_get (&link->spare) == NULL ||
      !ta_inbox_is_thread_default (ta_loop_get_inbox (link->loop)))
    return NULL;

  return g_atomic_pointer_exchange (&link->spare, NULL);
}

/* Frees what was kept; when the link goes. */
void
ta_request_drop_kept (TaLink *link)
{
  g_clear_object (&link->spare);
}

/* Frees all that a request has; when it goes. */
void
ta_request_free_contents (TaRequest *self)
{
  ta_request_clear (self);
  g_free (self->args);
  g_free (self->method);
}

/* Makes a request, which has failed already if there is something wrong with it. */
TaRequest *
ta_request_new (TaClient          *client,
                TaLink            *link,
                const char        *method,
                const GValue      *args,
                gsize              n_args,
                const char *const *names)
{
  TaRequest *self = ta_request_take_kept (link);
  GError    *error = NULL;

  if (self == NULL)
    self = g_object_new (TA_TYPE_REQUEST, NULL);
  self->client = g_object_ref (client);
  self->link = link;
  self->flags = 0;
  if (g_strcmp0 (self->method, method) != 0)
    {
      g_free (self->method);
      self->method = g_strdup (method);
      self->detail = 0;
    }
  if (names != NULL && names[0] != NULL)
    {
      self->names = g_strdupv ((char **) names);
      self->n_names = g_strv_length (self->names);
    }

  if (!check_args (self, args, n_args, &error))
    {
      self->n_names = 0;
      ta_request_end_with_error (self, error);
      return self;
    }

  if (n_args > self->n_places)
    {
      g_free (self->args);
      self->args = g_new0 (GValue, n_args);
      self->n_places = (guint) n_args;
    }
  self->n_args = (guint) n_args - self->n_names;
  for (gsize i = 0; i < n_args; i++)
    ta_value_copy (&args[i], &self->args[i]);

  return self;
}
