/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-server-private.h"

/* A source that handles requests as they come. */

typedef struct
{
  GSource source;

  /* Const, owned. */
  TaWeak *server;
  TaDesk *desk;
} TaServerSource;

static gboolean
ta_server_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  TaServerSource      *self = (TaServerSource *) source;
  g_autoptr (TaServer) server = ta_weak_get (self->server);
  g_autoptr (GError)   error = NULL;
  TaServerHold         hold;

  if (server == NULL)
    return G_SOURCE_REMOVE;

  if (!ta_server_hold (server, &hold, &error))
    {
      g_critical ("%s: attach its source to this context, and no other", error->message);
      return G_SOURCE_REMOVE;
    }

  ta_server_handle_next (server);
  ta_server_release (&hold);
  ta_desk_disarm_source (self->desk, source);

  return G_SOURCE_CONTINUE;
}

static void
ta_server_source_dispose (GSource *source)
{
  ta_desk_remove_source (((TaServerSource *) source)->desk, source);
}

static void
ta_server_source_finalize (GSource *source)
{
  TaServerSource *self = (TaServerSource *) source;

  ta_weak_unref (self->server);
  ta_desk_unref (self->desk);
}

static GSourceFuncs source_funcs = {
  .dispatch = ta_server_source_dispatch,
  .finalize = ta_server_source_finalize,
};

/**
 * ta_server_create_source:
 * @self: a server
 *
 * Makes a source that handles requests as they come, one each time that it is dispatched.
 *
 * It is for a main loop that has nothing else to decide on. It does not wait for the clients' loops, and
 * handles the requests in the order in which they come. It is to be attached to the
 * [property@Server:main-context]. Its priority is `G_PRIORITY_DEFAULT_IDLE`, so that clients that ask
 * without end do not keep an application from drawing. It does not keep the server alive, and has no
 * callback to set.
 *
 * Returns: (transfer full): a new source
 *
 * Since: 1.0
 */
GSource *
ta_server_create_source (TaServer *self)
{
  TaServerSource *source;

  g_return_val_if_fail (TA_IS_SERVER (self), NULL);

  source = (TaServerSource *) g_source_new (&source_funcs, sizeof (TaServerSource));
  g_source_set_static_name (&source->source, "[threaded-async] server");
  g_source_set_priority (&source->source, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_can_recurse (&source->source, TRUE);
  g_source_set_dispose_function (&source->source, ta_server_source_dispose);
  source->server = ta_weak_ref (ta_server_get_weak (self));
  source->desk = ta_desk_ref (ta_server_get_desk (self));
  ta_desk_add_source (source->desk, &source->source);

  return &source->source;
}
