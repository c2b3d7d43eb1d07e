/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "history.h"

/*
 * What happened, and whether that may happen.
 *
 * Small histories are searched for an order of all operations in which each finds the object as it
 * says it did, and which keeps what was over before something else began: that is what
 * linearizable means. The search is that of Wing and Gong, with Lowe's memory of what was in vain.
 */

static guint64 clock_now; /* atomic */

guint64
history_stamp (void)
{
  return __atomic_fetch_add (&clock_now, 1, __ATOMIC_SEQ_CST);
}

/* The operation is valid until the next is begun. */
Op *
history_begin (GArray *history, OpKind kind, guint party, gint64 value)
{
  Op op = { .kind = kind, .party = party, .value = value, .ended = G_MAXUINT64 };

  op.begun = history_stamp ();
  g_array_append_val (history, op);

  return &g_array_index (history, Op, history->len - 1);
}

void
history_end (Op *op, OpResult result)
{
  op->result = result;
  op->ended = history_stamp ();
}

void
history_print (const GArray *history)
{
  static const char *const kinds[] = { "put",  "get",     "close", "set", "clear",
                                       "wait", "is-set",  "claim", "end", "refused return",
                                       "read", "is-done", "unref" };
  static const char *const results[] = { "has not ended", "ok",      "would block", "cancelled",
                                         "closed",        "dropped", "unknown" };

  for (guint i = 0; i < history->len; i++)
    {
      const Op *op = &g_array_index (history, Op, i);

      g_printerr ("# %8" G_GUINT64_FORMAT " to %8" G_GINT64_FORMAT
                  "  party %u: %s %" G_GINT64_FORMAT ": %s\n",
                  op->begun, (gint64) op->ended, op->party, kinds[op->kind], op->value,
                  results[op->result]);
    }
}

/* A FIFO queue of at most so many items. */
gboolean
model_queue_step (Model *self, const Op *op)
{
  gboolean is_full = self->capacity != 0 && self->n_items == self->capacity;

  switch (op->kind)
    {
    case OP_CLOSE:
      self->is_set = TRUE;
      return TRUE;
    case OP_PUT:
      if (op->result == RESULT_CLOSED)
        return self->is_set;
      if (op->result == RESULT_WOULD_BLOCK)
        return !self->is_set && is_full;
      if (self->is_set || is_full || self->n_items == G_N_ELEMENTS (self->items))
        return FALSE;
      self->items[self->n_items++] = op->value;
      return TRUE;
    case OP_GET:
      if (op->result != RESULT_OK)
        return self->n_items == 0 && self->is_set == (op->result == RESULT_CLOSED);
      if (self->n_items == 0 || self->items[0] != op->value)
        return FALSE;
      self->n_items--;
      memmove (self->items, self->items + 1, self->n_items * sizeof self->items[0]);
      self->items[self->n_items] = 0;
      return TRUE;
    default:
      return FALSE;
    }
}

/* A flag. */
gboolean
model_event_step (Model *self, const Op *op)
{
  switch (op->kind)
    {
    case OP_SET:
    case OP_CLEAR:
      self->is_set = op->kind == OP_SET;
      return TRUE;
    case OP_WAIT:
      return self->is_set == (op->result == RESULT_OK);
    case OP_IS_SET:
      return self->is_set == op->value;
    default:
      return FALSE;
    }
}

/* A value that can be set once, by the holders of so many references. */
gboolean
model_future_step (Model *self, const Op *op)
{
  switch (op->kind)
    {
    case OP_CLAIM:
      if (self->is_set)
        return FALSE;
      self->is_set = TRUE;
      self->value = op->value;
      return TRUE;
    case OP_END:
      if (!self->is_set || self->is_done || self->value != op->value)
        return FALSE;
      self->is_done = TRUE;
      return TRUE;
    case OP_REFUSED_RETURN:
      return self->is_set;
    case OP_UNREF:
      if (--self->n_refs == 0 && !self->is_set)
        self->is_set = self->is_done = self->is_dropped = TRUE;
      return TRUE;
    case OP_READ:
      if (op->result == RESULT_WOULD_BLOCK)
        return !self->is_done;
      if (op->result == RESULT_DROPPED)
        return self->is_dropped;
      return self->is_done && !self->is_dropped && self->value == op->value;
    case OP_IS_DONE:
      return self->is_done == op->value;
    default:
      return FALSE;
    }
}

/* Which operations have been given their place, and what the object is like then. */
typedef struct
{
  guint64 placed[MAX_LINEAR_OPS / 64];
  Model   model;
} Node;

static guint
node_hash (gconstpointer data)
{
  const guint32 *words = data;
  guint          hash = 5381;

  for (gsize i = 0; i < sizeof (Node) / sizeof *words; i++)
    hash = hash * 33 ^ words[i];

  return hash;
}

static gboolean
node_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Node)) == 0;
}

typedef struct
{
  const Op  **ops; /* by the time when they began */
  guint       n_ops;
  ModelStep   step;
  GHashTable *in_vain;
} Search;

static gboolean
search (Search *self, const Node *node, guint n_placed)
{
  guint64 first_end = G_MAXUINT64;

  if (n_placed == self->n_ops)
    return TRUE;
  if (g_hash_table_contains (self->in_vain, node))
    return FALSE;

  for (guint i = 0; i < self->n_ops; i++)
    {
      if ((node->placed[i / 64] >> (i % 64) & 1) == 0)
        first_end = MIN (first_end, self->ops[i]->ended);
    }

  /* Next may come whatever began before anything that is left was over. */
  for (guint i = 0; i < self->n_ops && self->ops[i]->begun <= first_end; i++)
    {
      Node next = *node;

      if ((node->placed[i / 64] >> (i % 64) & 1) != 0 || !self->step (&next.model, self->ops[i]))
        continue;

      next.placed[i / 64] |= G_GUINT64_CONSTANT (1) << (i % 64);
      if (search (self, &next, n_placed + 1))
        return TRUE;
    }

  g_hash_table_add (self->in_vain, g_memdup2 (node, sizeof *node));

  return FALSE;
}

static int
compare_begun (gconstpointer a, gconstpointer b)
{
  const Op *const *left = a, *const *right = b;

  return (*left)->begun < (*right)->begun ? -1 : 1;
}

gboolean
history_is_linear (const GArray *history, const Model *start, ModelStep step)
{
  const Op *ops[MAX_LINEAR_OPS];
  Search    self = { .ops = ops, .step = step };
  Node      node;
  gboolean  found;

  /* Compared as memory, gaps included. */
  memset (&node, 0, sizeof node);
  node.model.capacity = start->capacity;
  node.model.n_refs = start->n_refs;

  for (guint i = 0; i < history->len; i++)
    {
      const Op *op = &g_array_index (history, Op, i);

      g_assert_cmpuint (op->result, !=, RESULT_UNKNOWN);
      if (op->result == RESULT_CANCELLED)
        continue;
      g_assert_cmpuint (self.n_ops, <, MAX_LINEAR_OPS);
      ops[self.n_ops++] = op;
    }
  qsort (ops, self.n_ops, sizeof *ops, compare_begun);

  self.in_vain = g_hash_table_new_full (node_hash, node_equal, g_free, NULL);
  found = search (&self, &node, 0);
  g_hash_table_unref (self.in_vain);

  return found;
}
