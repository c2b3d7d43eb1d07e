/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-desk-private.h"
#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-request-private.h"

/*
 * Which requests there are.
 *
 * A request is in the link of its client's loop until it is answered, so that it can be ended when the
 * loop stops; and at the desk, in the order of coming, until somebody handles it. Either place holds a
 * reference of its own. To take or drop one may run the code of a binding, and is never done under the
 * lock.
 *
 * The desk has room for a number of requests. Those that come when it is full stand in the same line,
 * outside: they move up without their clients having to do anything.
 */

TaDesk *
ta_desk_new (const char *name, guint queue_size, guint rest_turns, TaInbox *inbox)
{
  TaDesk *self = g_new0 (TaDesk, 1);

  self->ref_count = 1;
  self->name = g_strdup (name);
  self->queue_size = queue_size;
  self->rest_turns = rest_turns;
  self->inbox = inbox;
  g_mutex_init (&self->mutex);

  return self;
}

TaDesk *
ta_desk_ref (TaDesk *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
ta_desk_unref (TaDesk *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  /* It was closed, so that there are no requests. */
  ta_inbox_unref (self->inbox);
  ta_mutex_clear (&self->mutex);
  g_free (self->name);
  g_free (self);
}

TaLink *
ta_link_ref (TaLink *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
ta_link_unref (TaLink *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  ta_request_drop_kept (self);
  ta_loop_unref (self->loop);
  ta_desk_unref (self->desk);
  g_free (self);
}

/* Takes a request out of the line. */
static void
leave_desk_locked (TaDesk *self, TaRequest *request)
{
  if (request->previous != NULL)
    request->previous->next = request->next;
  else
    self->first_request = request->next;
  if (request->next != NULL)
    request->next->previous = request->previous;
  else
    self->last_request = request->previous;

  request->is_waiting = FALSE;
  self->n_requests--;
}

/* Takes a request out of those that have not ended. */
static void
leave_link_locked (TaLink *self, TaRequest *request)
{
  if (request->previous_unended != NULL)
    request->previous_unended->next_unended = request->next_unended;
  else
    self->first_unended = request->next_unended;
  if (request->next_unended != NULL)
    request->next_unended->previous_unended = request->previous_unended;
  else
    self->last_unended = request->previous_unended;

  request->is_listed = FALSE;
}

/* Makes the sources ready, the first time that there is something for them. */
static void
arm_sources_locked (TaDesk *self)
{
  for (GSList *link = self->sources; link != NULL; link = link->next)
    g_source_set_ready_time (link->data, 0);
}

/* Sends a request to the desk, or fails it; from any thread. */
void
ta_link_send (TaLink *self, TaRequest *request)
{
  TaDesk  *desk = self->desk;
  GError  *error = NULL;
  gboolean is_ended;

  if (!ta_fork_check (&error) ||
      (!ta_loop_get_started (self->loop) && !ta_loop_check_running (self->loop, &error)))
    {
      ta_request_end_with_error (request, error);
      return;
    }

  g_object_ref (request);
  g_object_ref (request);

  g_mutex_lock (&desk->mutex);
  is_ended = self->is_ended;
  if (!desk->is_closed && !is_ended)
    {
      request->is_waiting = TRUE;
      request->previous = desk->last_request;
      request->next = NULL;
      if (desk->last_request != NULL)
        desk->last_request->next = request;
      else
        desk->first_request = request;
      desk->last_request = request;

      request->is_listed = TRUE;
      request->previous_unended = self->last_unended;
      request->next_unended = NULL;
      if (self->last_unended != NULL)
        self->last_unended->next_unended = request;
      else
        self->first_unended = request;
      self->last_unended = request;

      if (desk->n_requests++ == 0)
        arm_sources_locked (desk);
      g_mutex_unlock (&desk->mutex);
      return;
    }
  g_mutex_unlock (&desk->mutex);

  if (is_ended)
    ta_request_end_by_stop (request);
  else
    ta_request_end_by_close (request);
  g_object_unref (request);
  g_object_unref (request);
}

/* Returns the first request, or NULL. */
TaRequest *
ta_desk_take (TaDesk *self)
{
  TaRequest *request;

  if (ta_has_forked)
    return NULL;

  g_mutex_lock (&self->mutex);
  request = self->first_request;
  if (request != NULL)
    leave_desk_locked (self, request);
  g_mutex_unlock (&self->mutex);

  return request;
}

/* Takes a request back that nobody handles yet; FALSE if it comes too late for that. */
gboolean
ta_link_withdraw (TaLink *self, TaRequest *request)
{
  TaDesk  *desk = self->desk;
  gboolean was_waiting;

  if (ta_has_forked)
    return FALSE;

  g_mutex_lock (&desk->mutex);
  was_waiting = request->is_waiting;
  if (was_waiting)
    leave_desk_locked (desk, request);
  g_mutex_unlock (&desk->mutex);

  return was_waiting;
}

/* Called when a request has ended; from any thread. */
void
ta_link_remove (TaLink *self, TaRequest *request)
{
  TaDesk  *desk = self->desk;
  gboolean was_waiting, was_listed;

  if (ta_has_forked)
    return;

  g_mutex_lock (&desk->mutex);
  was_waiting = request->is_waiting;
  if (was_waiting)
    leave_desk_locked (desk, request);
  was_listed = request->is_listed;
  if (was_listed)
    leave_link_locked (self, request);
  g_mutex_unlock (&desk->mutex);

  if (was_waiting)
    g_object_unref (request);
  if (was_listed)
    g_object_unref (request);
}

/* Returns how many requests there are at the desk; from any thread. */
guint
ta_desk_get_n_pending (TaDesk *self)
{
  guint n_requests;

  if (ta_has_forked)
    return 0;

  g_mutex_lock (&self->mutex);
  n_requests = self->n_requests;
  g_mutex_unlock (&self->mutex);

  return MIN (n_requests, self->queue_size);
}

/* Fails what waits, and whatever comes: nobody will handle it. */
void
ta_desk_close (TaDesk *self)
{
  TaRequest *request;

  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  self->is_closed = TRUE;
  /* They find out that there is nothing left to do for them. */
  arm_sources_locked (self);
  g_mutex_unlock (&self->mutex);

  while ((request = ta_desk_take (self)) != NULL)
    {
      ta_request_end_by_close (request);
      g_object_unref (request);
    }
}

/* Has a source be ready while there are requests. */
void
ta_desk_add_source (TaDesk *self, GSource *source)
{
  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  self->sources = g_slist_prepend (self->sources, source);
  g_source_set_ready_time (source, self->n_requests > 0 ? 0 : -1);
  g_mutex_unlock (&self->mutex);
}

void
ta_desk_remove_source (TaDesk *self, GSource *source)
{
  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  self->sources = g_slist_remove (self->sources, source);
  g_mutex_unlock (&self->mutex);
}

/* Lets a source sleep if there are no more requests. */
void
ta_desk_disarm_source (TaDesk *self, GSource *source)
{
  if (ta_has_forked)
    return;

  g_mutex_lock (&self->mutex);
  if (self->n_requests == 0 && !self->is_closed)
    g_source_set_ready_time (source, -1);
  g_mutex_unlock (&self->mutex);
}

/* Takes a link out of those with clients; completes the waits that it returns are over. */
static TaWaiter *
unlist_locked (TaLink *self)
{
  if (!self->is_listed)
    return NULL;

  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    self->desk->links = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  self->is_listed = FALSE;

  return ta_link_give_up_locked (self);
}

/* The loop lets go of its work: so do the requests that came from there. */
static void
loop_ended_cb (TaLoopListener *listener)
{
  TaLink    *self = TA_CONTAINER (listener, TaLink, listener);
  TaDesk    *desk = self->desk;
  TaRequest *request;
  TaWaiter  *waiters;

  g_mutex_lock (&desk->mutex);
  self->is_ended = TRUE;
  waiters = unlist_locked (self);
  g_mutex_unlock (&desk->mutex);

  ta_waiter_complete_all (waiters);

  do
    {
      g_mutex_lock (&desk->mutex);
      request = self->first_unended;
      if (request != NULL)
        leave_link_locked (self, request);
      g_mutex_unlock (&desk->mutex);

      if (request != NULL)
        {
          ta_request_end_by_stop (request);
          g_object_unref (request);
        }
    }
  while (request != NULL);

  ta_link_unref (self);
}

/* Returns the link for another client on a loop; for ta_link_disconnect(). */
TaLink *
ta_desk_connect (TaDesk *self, TaLoop *loop)
{
  TaLink *link = NULL;

  if (!ta_has_forked)
    {
      g_mutex_lock (&self->mutex);
      link = self->links;
      while (link != NULL && link->loop != loop)
        link = link->next;
      if (link != NULL)
        link->n_clients++;
      g_mutex_unlock (&self->mutex);
    }

  if (link != NULL)
    return link;

  link = g_new0 (TaLink, 1);
  link->ref_count = 1;
  link->desk = ta_desk_ref (self);
  link->loop = ta_loop_ref (loop);
  link->n_clients = 1;

  /* Nobody hears of it, and every request fails. */
  if (ta_has_forked)
    return link;

  /* Another client may come first, and make another link: there may well be two. */
  g_mutex_lock (&self->mutex);
  link->is_listed = TRUE;
  link->next = self->links;
  if (self->links != NULL)
    self->links->previous = link;
  self->links = link;
  g_mutex_unlock (&self->mutex);

  if (!ta_loop_add_listener (loop, &ta_link_ref (link)->listener, loop_ended_cb))
    loop_ended_cb (&link->listener);

  return link;
}

/* A client goes; the last one takes the link with it. */
void
ta_link_disconnect (TaLink *self)
{
  TaDesk   *desk = self->desk;
  TaWaiter *waiters = NULL;
  gboolean  is_last;

  if (ta_has_forked)
    {
      /* One that was made here is in no list. */
      if (!self->is_listed)
        ta_link_unref (self);
      return;
    }

  g_mutex_lock (&desk->mutex);
  is_last = --self->n_clients == 0;
  if (is_last)
    waiters = unlist_locked (self);
  g_mutex_unlock (&desk->mutex);

  if (!is_last)
    return;

  ta_waiter_complete_all (waiters);
  if (ta_loop_remove_listener (self->loop, &self->listener))
    ta_link_unref (self);
  ta_link_unref (self);
}
