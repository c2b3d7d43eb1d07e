/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-loop-private.h"
#include "ta-waiter-private.h"

G_BEGIN_DECLS

/*
 * What a server is besides the GObject: the desk at which requests wait, and the links to the loops
 * from which they come. Clients and their requests refer to this, so that they do not keep the server
 * alive, and fail when it goes.
 *
 * A link stands for all clients of the server on one runner. It knows their requests that have not
 * been answered, and carries the question whether the loop is at rest: see ta-desk-rest.c.
 */
typedef struct _TaDesk TaDesk;
typedef struct _TaLink TaLink;

struct _TaDesk
{
  int ref_count; /* atomic */

  /* Const. */
  char    *name;
  guint    queue_size;
  guint    rest_turns;
  TaInbox *inbox; /* owned: that of the context in which requests are handled */

  TaSpin watch; /* the thread that holds the context: what it learned about watching loops */

  GMutex mutex; /* guards the rest */

  TaRequest   *first_request; /* those that wait to be handled, each with a reference */
  TaRequest   *last_request;
  guint        n_requests;
  gboolean     is_closed;
  TaLink      *links;      /* those with clients; with a reference of the clients */
  GSList      *sources;    /* the GSources that are ready while requests wait; unowned */
  TaWaiterList resters;    /* who waits for the loops to come to rest */
  guint64      last_wait;  /* the number of the last of them */
  TaWaiterList processers; /* the operations that handle a request */
};

struct _TaLink
{
  /* Const. */
  TaDesk *desk; /* owned */
  TaLoop *loop; /* owned */

  TaRequest *spare; /* atomic; owned: the next request, see ta-request-life.c */

  TaLoopListener listener; /* the loop's, with a reference on this meanwhile */

  int ref_count; /* atomic: for the clients together, the listener, and the ticket */

  /* The desk's lock. */
  TaLink    *previous;
  TaLink    *next;
  guint      n_clients;
  gboolean   is_listed;
  gboolean   is_ended;      /* the loop takes no more requests */
  TaRequest *first_unended; /* what has not been answered, each with a reference */
  TaRequest *last_unended;

  /* Likewise: the ticket with which the loop is asked to say when it is at rest. */
  gboolean is_asked;   /* the ticket is in the loop, with a reference on this */
  gboolean is_busy;    /* it was in there for too long, and nobody waits for it for now */
  gboolean is_own;     /* the one who blocks for it runs this loop, and does not wait for it */
  guint64  first_wait; /* the first that waits for it since it was asked */
  guint64  last_wait;  /* the last */
  guint64  told_wait;  /* the last that knows that it is at rest */
  guint64  asked_wait; /* the last that will know when it is at rest the next time */
  guint    seen_turns; /* how many turns it had completed when somebody last looked */
  gint64   seen_at;    /* since when that is so */
  TaLink  *next_asked; /* while it is about to be asked: of the same party */

  /* The loop's while it is asked. */
  TaInboxItem item;
  TaRest      rest;
};

/* Who waits until the loops are at rest: const, on the stack of the call that begins it. */
typedef struct
{
  TaDesk *desk;
  gint64  since; /* when its time began to count, read before that was set to run */
} TaDeskWait;

TaDesk *ta_desk_new (const char *name, guint queue_size, guint rest_turns, TaInbox *inbox);
TaDesk *ta_desk_ref (TaDesk *self);
void    ta_desk_unref (TaDesk *self);
void    ta_desk_close (TaDesk *self);

guint      ta_desk_get_n_pending (TaDesk *self);
TaRequest *ta_desk_take (TaDesk *self);

void ta_desk_add_source (TaDesk *self, GSource *source);
void ta_desk_remove_source (TaDesk *self, GSource *source);
void ta_desk_disarm_source (TaDesk *self, GSource *source);

/* For the clients. */
TaLink  *ta_desk_connect (TaDesk *self, TaLoop *loop);
void     ta_link_disconnect (TaLink *self);
void     ta_link_send (TaLink *self, TaRequest *request);
gboolean ta_link_withdraw (TaLink *self, TaRequest *request);
void     ta_link_remove (TaLink *self, TaRequest *request);

/* For ta-desk*.c. */
TaLink   *ta_link_ref (TaLink *self);
void      ta_link_unref (TaLink *self);
TaWaiter *ta_link_give_up_locked (TaLink *self);

/* How the loops come to rest. */
gint64   ta_desk_get_default_timeout (TaDesk *self);
gboolean ta_desk_check_busy (TaDesk *self, gboolean is_blocked, gint64 timeout_us, GError **error);
gboolean ta_desk_rest (TaDesk       *self,
                       gint64        deadline,
                       gint64        timeout_us,
                       gboolean      is_stirred,
                       GCancellable *cancellable,
                       GError      **error);
gboolean ta_desk_enter_rest (gpointer desk_wait, TaWaiter *waiter);

G_END_DECLS
