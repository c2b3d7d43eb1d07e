/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-spin-private.h"
#include "ta-stall-private.h"
#include "ta-timers-private.h"
#include "ta-types.h"

G_BEGIN_DECLS

/* The struct of which @pointer is a member. */
#define TA_CONTAINER(pointer, Type, member)                                                        \
  ((Type *) (gpointer) ((guint8 *) (pointer) -G_STRUCT_OFFSET (Type, member)))

typedef struct _TaInboxItem TaInboxItem;
typedef struct _TaRest      TaRest;

/*
 * What an item does when its turn comes. When @dropped, its context will not run any more, the
 * function is called in whatever thread found that out, and must only let go of what it holds.
 * The item is the function's own from here on: it may be freed or pushed again.
 */
typedef void (*TaInboxFunc) (TaInboxItem *item, gboolean dropped);

/* Embedded in whatever is to be done in a context, so that sending it allocates nothing. */
struct _TaInboxItem
{
  TaInboxItem *next; /* the inbox's, while the item is in one */
  TaInboxFunc  func; /* likewise */
};

TaInbox *ta_inbox_ref_for_context (GMainContext *context);
TaInbox *ta_inbox_ref_thread_default (void);
TaInbox *ta_inbox_ref_or_thread_default (GMainContext *context);
TaInbox *ta_inbox_ref (TaInbox *self);
void     ta_inbox_unref (TaInbox *self);

GMainContext *ta_inbox_get_context (TaInbox *self);
TaTimers     *ta_inbox_get_timers (TaInbox *self);

/* In the thread of the context. */
gpointer ta_inbox_take_spare (TaInbox *self);
gboolean ta_inbox_give_spare (TaInbox *self, gpointer object);

void ta_inbox_push (TaInbox *self, TaInboxItem *item, TaInboxFunc func);

/* Something to do once nothing else is ready in the context. */
struct _TaRest
{
  /* The thread of the context. */
  TaRest *next;
  guint   since; /* the turn in which it was asked for */
  guint   limit; /* after how many turns it is done all the same */
  void (*func) (TaRest *rest);
};

void ta_inbox_call_at_rest (TaInbox *self, TaRest *rest, void (*func) (TaRest *rest));

/* For those in other threads who want to know: see ta-inbox-rest.c. */
void  ta_inbox_tell_at_rest (TaInbox *self, TaRest *rest, guint limit, void (*func) (TaRest *rest));
guint ta_inbox_get_turns (TaInbox *self);
gboolean ta_inbox_is_at_rest (TaInbox *self);
gboolean ta_inbox_can_be_watched (TaInbox *self);
gboolean ta_inbox_watch_rest (TaInbox *self, TaSpin *spin, gint64 deadline);

/* For a loop that owns its context. */
void        ta_inbox_adopt (TaInbox *self, const char *owner);
const char *ta_inbox_get_owner (TaInbox *self);
void        ta_inbox_enter (TaInbox *self);
void        ta_inbox_leave (TaInbox *self);
TaInbox    *ta_inbox_get_entered (void);
gboolean    ta_inbox_is_thread_default (TaInbox *self);
gboolean    ta_inbox_has_items (TaInbox *self);
gboolean    ta_inbox_park (TaInbox *self);
void        ta_inbox_unpark (TaInbox *self);
gboolean    ta_inbox_is_waited_for (TaInbox *self);
gboolean    ta_inbox_is_asked (TaInbox *self);
void        ta_inbox_hear (TaInbox *self);
void        ta_inbox_set_serving (TaInbox *self, gboolean is_serving);
gboolean    ta_inbox_spin (TaInbox *self);
void        ta_inbox_unspin (TaInbox *self);
int         ta_inbox_poll (TaInbox *self, GPollFD *fds, guint n_fds, int timeout);
void        ta_inbox_drain (TaInbox *self);
gboolean    ta_inbox_turn (TaInbox *self);
void        ta_inbox_awaken (TaInbox *self);
gboolean    ta_inbox_is_awakened (TaInbox *self);
void        ta_inbox_clear_awakened (TaInbox *self);
void        ta_inbox_set_busy (TaInbox *self, gboolean is_busy);
void        ta_inbox_close (TaInbox *self, gboolean is_owner);

/* Around a fork. */
void     ta_inboxes_lock (void);
void     ta_inboxes_unlock (void);
gboolean ta_inboxes_forget (void);

/* What the loop is at: for those who watch over it. */
gint64       ta_inbox_get_busy (TaInbox *self, TaInboxItem **item);
void         ta_inbox_set_outside (TaInbox *self, gboolean is_outside);
gboolean     ta_inbox_is_outside (TaInbox *self);
TaInboxItem *ta_inbox_peek_current (TaInbox *self, gint64 *since);
TaInboxItem *ta_inbox_get_root (TaInbox *self);
void         ta_inbox_set_root (TaInbox *self, TaInboxItem *root);
TaInboxItem *ta_inbox_peek_root (TaInbox *self);
gboolean     ta_inbox_has_stalls (TaInbox *self);
void         ta_inbox_come_round (TaInbox *self);
void         ta_inbox_add_stall (TaInbox *self, TaStall *stall);
void         ta_inbox_remove_stall (TaInbox *self, TaStall *stall);

/* The sources of an inbox keep its memory; they are made and freed by these. */
GSource *ta_inbox_source_new (TaInbox *self, GSourceFuncs *funcs);
TaInbox *ta_inbox_source_get_inbox (GSource *source);
void     ta_inbox_source_finalize (GSource *source);

G_END_DECLS
