/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the thread sanitizer is told of sources. */

#include "test-tsan-meeting.h"

/* A source that has something of the meeting's to do in each of its functions. */
typedef struct
{
  GSource  source;
  Meeting *meeting;
} MeetingSource;

static void
invoke (gpointer data)
{
  g_main_context_invoke (((Meeting *) data)->context, meeting_received_cb, data);
}

static void
add_idle (gpointer data)
{
  g_idle_add (meeting_received_cb, data);
}

static void
add_timeout (gpointer data)
{
  g_timeout_add (0, meeting_received_cb, data);
}

static void
receive_in_default (gpointer data)
{
  GMainContext *context = g_main_context_default ();
  Meeting      *self = data;

  meeting_set_polling (self);
  g_main_context_set_poll_func (context, meeting_poll);
  while (!meeting_is_over (self))
    g_main_context_iteration (context, TRUE);
  g_main_context_set_poll_func (context, NULL);
}

static gboolean
prepare_cb (GSource *source, int *timeout)
{
  Meeting *self = ((MeetingSource *) source)->meeting;

  if (!meeting_is_over (self))
    meeting_received (self);

  return FALSE;
}

static gboolean
dispatch_cb (GSource *source, GSourceFunc func, gpointer data)
{
  return meeting_received_cb (((MeetingSource *) source)->meeting);
}

/* While it is dispatched, the other thread drops it: the last reference is GLib's own. */
static gboolean
meet_cb (GSource *source, GSourceFunc func, gpointer data)
{
  meeting_meet (((MeetingSource *) source)->meeting);

  return G_SOURCE_CONTINUE;
}

static void
finalize_cb (GSource *source)
{
  meeting_received (((MeetingSource *) source)->meeting);
}

static GSourceFuncs ready_funcs = { .dispatch = dispatch_cb };
static GSourceFuncs prepared_funcs = { .prepare = prepare_cb, .dispatch = dispatch_cb };
static GSourceFuncs finalized_funcs = { .dispatch = meet_cb, .finalize = finalize_cb };

static GSource *
create_source (Meeting *self, GSourceFuncs *funcs)
{
  GSource *source = g_source_new (funcs, sizeof (MeetingSource));

  ((MeetingSource *) source)->meeting = self;

  return source;
}

static void
prepare_ready_time (gpointer data)
{
  Meeting *self = data;

  self->source = create_source (self, &ready_funcs);
  g_source_attach (self->source, self->context);
}

static void
send_ready_time (gpointer data)
{
  Meeting *self = data;

  g_source_set_ready_time (self->source, 0);
  g_source_unref (self->source);
}

static void
attach_prepared (gpointer data)
{
  Meeting            *self = data;
  g_autoptr (GSource) source = create_source (self, &prepared_funcs);

  g_source_attach (source, self->context);
}

static void
receive_pending (gpointer data)
{
  Meeting *self = data;

  meeting_meet (self);
  g_assert_false (g_main_context_pending (self->context));
}

static void
prepare_finalized (gpointer data)
{
  Meeting *self = data;

  self->source = create_source (self, &finalized_funcs);
  g_source_set_ready_time (self->source, 0);
  g_source_attach (self->source, self->context);
}

static void
drop_source (gpointer data)
{
  Meeting *self = data;

  g_source_destroy (self->source);
  g_source_unref (self->source);
}

static void
iterate (gpointer data)
{
  Meeting *self = data;

  while (!meeting_is_over (self))
    g_main_context_iteration (self->context, FALSE);
}

static gboolean
nothing_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
prepare_destroyed (gpointer data)
{
  Meeting *self = data;

  self->source = g_idle_source_new ();
  g_source_set_callback (self->source, nothing_cb, self, meeting_received);
  g_source_attach (self->source, self->context);
}

static void
dispatch_once (gpointer data)
{
  g_main_context_iteration (((Meeting *) data)->context, FALSE);
}

static void
receive_destroyed (gpointer data)
{
  meeting_meet (data);
  drop_source (data);
}

static const Way ways[] = {
  { NULL, attach_prepared, receive_pending, "attach/pending" },
  { NULL, invoke, meeting_receive_in_iterations, "invoke" },
  { NULL, add_idle, receive_in_default, "idle" },
  { NULL, add_timeout, receive_in_default, "timeout" },
  { prepare_ready_time, send_ready_time, meeting_receive_in_iterations, "ready-time" },
  { prepare_finalized, drop_source, iterate, "finalize" },
  { prepare_destroyed, dispatch_once, receive_destroyed, "destroy" },
};

int
main (int argc, char **argv)
{
  return meeting_main (argc, argv, "tsan-sources", ways, G_N_ELEMENTS (ways));
}
