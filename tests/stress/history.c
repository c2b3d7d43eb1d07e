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
  static const char *const kinds[] = { NULL,      "put",   "get",   "reserve",        "commit",
                                       "release", "close", "set",   "clear",          "wait",
                                       "is-set",  "claim", "end",   "refused return", "read",
                                       "is-done", "unref", "grant", "return" };
  static const char *const results[] = { "has not ended", "ok",      "would block", "cancelled",
                                         "closed",        "dropped", "given back",  "unknown" };

  for (guint i = 0; i < history->len; i++)
    {
      const Op *op = &g_array_index (history, Op, i);

      g_printerr ("# %8" G_GUINT64_FORMAT " to %8" G_GINT64_FORMAT
                  "  party %u: %s %" G_GINT64_FORMAT ": %s\n",
                  op->begun, (gint64) op->ended, op->party, kinds[op->kind], op->value,
                  results[op->result]);
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

/* What was granted may have been nothing, and a put whose end nobody has seen may not have been. */
static gboolean
has_variants (const Op *op)
{
  return op->kind == OP_GRANT || op->result == RESULT_UNKNOWN;
}

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
      for (guint variant = 0; variant < 2; variant++)
        {
          Node next = *node;

          if ((node->placed[i / 64] >> (i % 64) & 1) != 0 ||
              !self->step (&next.model, self->ops[i], variant))
            break;

          next.placed[i / 64] |= G_GUINT64_CONSTANT (1) << (i % 64);
          if (search (self, &next, n_placed + 1))
            return TRUE;
          if (!has_variants (self->ops[i]))
            break;
        }
    }

  g_hash_table_add (self->in_vain, g_memdup2 (node, sizeof *node));

  return FALSE;
}

static int
compare_begun (gconstpointer a, gconstpointer b)
{
  const Op *const *left = a, *const *right = b;

  return (*left)->begun < (*right)->begun ? -1 : (*left)->begun > (*right)->begun;
}

gboolean
history_is_linear (const GArray *history, const Model *start, ModelStep step)
{
  const Op *ops[MAX_LINEAR_OPS];
  Op        given[MAX_LINEAR_OPS];
  Search    self = { .ops = ops, .step = step };
  Node      node;
  guint     n_given = 0;
  gboolean  found;

  /* Compared as memory, gaps included. */
  memset (&node, 0, sizeof node);
  node.model.capacity = start->capacity;
  node.model.n_refs = start->n_refs;

  for (guint i = 0; i < history->len; i++)
    {
      const Op *op = &g_array_index (history, Op, i);

      g_assert_cmpuint (self.n_ops, <, MAX_LINEAR_OPS - 1);
      if (op->result == RESULT_CANCELLED)
        continue;

      if ((op->kind == OP_GET || op->kind == OP_RESERVE) &&
          (op->result == RESULT_GIVEN_BACK || op->result == RESULT_UNKNOWN))
        {
          /* Two, in whose place nobody knows what came in between. */
          given[n_given] = *op;
          given[n_given].value = op->kind;
          given[n_given].kind = OP_GRANT;
          ops[self.n_ops++] = &given[n_given++];
          given[n_given] = given[n_given - 1];
          given[n_given].kind = OP_RETURN;
          ops[self.n_ops++] = &given[n_given++];
          continue;
        }

      ops[self.n_ops++] = op;
    }
  qsort (ops, self.n_ops, sizeof *ops, compare_begun);

  self.in_vain = g_hash_table_new_full (node_hash, node_equal, g_free, NULL);
  found = search (&self, &node, 0);
  g_hash_table_unref (self.in_vain);

  return found;
}
