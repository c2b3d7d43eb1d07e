/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What somebody did to the object that a round is about. */
typedef enum
{
  OP_PUT = 1,
  OP_GET,
  OP_RESERVE,
  OP_COMMIT,  /* puts at a place that is reserved */
  OP_RELEASE, /* such a place */
  OP_CLOSE,
  OP_SET,
  OP_CLEAR,
  OP_WAIT,
  OP_IS_SET,
  OP_CLAIM, /* a return is two steps: from the first on no other return succeeds */
  OP_END,   /* and with the second the future is done */
  OP_REFUSED_RETURN,
  OP_READ,
  OP_IS_DONE,
  OP_UNREF,
  /* Only inside the check: what somebody may have been given, and gave back. */
  OP_GRANT,
  OP_RETURN,
} OpKind;

/* What came of it. */
typedef enum
{
  RESULT_NONE, /* it has not ended */
  RESULT_OK,
  RESULT_WOULD_BLOCK, /* or timed out: at some time it could not be done */
  RESULT_CANCELLED,   /* says nothing about the object */
  RESULT_CLOSED,
  RESULT_DROPPED,
  RESULT_GIVEN_BACK, /* if it was given something */
  RESULT_UNKNOWN,    /* it was dropped, because its runner was stopped */
} OpResult;

/*
 * One operation. It took effect, if it did, at one moment between the two stamps, which come from
 * one counter: whoever has seen the end of an operation begins his next with a higher number.
 */
typedef struct
{
  guint    kind; /* an OpKind */
  OpResult result;
  guint    party;
  gint64   value; /* what was put, got or returned, or whether something was so */
  guint64  begun;
  guint64  ended;
} Op;

guint64 history_stamp (void);
Op     *history_begin (GArray *history, OpKind kind, guint party, gint64 value);
void    history_end (Op *op, OpResult result);
void    history_print (const GArray *history);

/* There are fewer parties. */
#define MAX_HOLDERS 16

/* What the object that a round is about may do. */
typedef struct
{
  guint  capacity; /* of a queue, 0 for none */
  guint  n_items;
  gint64 items[64];
  guint  n_reserved;
  guint  n_taken; /* numbers the items that were taken, so that they can be given back in order */
  guint  n_returned; /* how many of the first items were */
  guint  serials[MAX_HOLDERS];
  struct
  {
    guint  has; /* the kind of what it was given, or 0 if it was not its turn yet */
    guint  serial;
    gint64 value;
  } held[MAX_HOLDERS]; /* by the parties */
  gboolean is_set;     /* of an event; of a queue: closed; of a future: claimed */
  gboolean is_done;
  gboolean is_dropped;
  gint64   value;
  guint    n_refs; /* on a promise */
} Model;

/* Whether that may be the next; where there are two possibilities, @variant says which. */
typedef gboolean (*ModelStep) (Model *self, const Op *op, guint variant);

gboolean model_queue_step (Model *self, const Op *op, guint variant);
gboolean model_event_step (Model *self, const Op *op, guint variant);
gboolean model_future_step (Model *self, const Op *op, guint variant);

/* No round that is searched has as many: each party does something, is helped, and leaves something. */
#define MAX_LINEAR_OPS 256

gboolean history_is_linear (const GArray *history, const Model *start, ModelStep step);
char    *history_find_queue_fault (const GArray *history, gboolean is_ordered);

G_END_DECLS
