/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "history.h"

/*
 * Long histories of a queue, in n log n: with values of which each is put once, a queue loses,
 * doubles or overtakes if and only if the stamps of two operations say so.
 */

typedef struct
{
  const Op *put;
  const Op *get;
} Item;

static int
compare_put_begun (gconstpointer a, gconstpointer b)
{
  const Item *left = a, *right = b;

  return left->put->begun < right->put->begun ? -1 : 1;
}

static int
compare_put_ended (gconstpointer a, gconstpointer b)
{
  const Item *left = a, *right = b;

  return left->put->ended < right->put->ended ? -1 : 1;
}

static gboolean
is_put (const Op *op)
{
  return op->kind == OP_PUT || op->kind == OP_COMMIT;
}

/* Collects the items that went in, or that somebody got. */
static char *
collect (const GArray *history, GArray *items)
{
  g_autoptr (GHashTable) puts = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) gets = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < history->len; i++)
    {
      Op *op = &g_array_index (history, Op, i);

      if (is_put (op) && !g_hash_table_insert (puts, &op->value, op))
        return g_strdup_printf ("%" G_GINT64_FORMAT " was put twice by the test", op->value);
      if (op->kind == OP_GET && op->result == RESULT_OK &&
          !g_hash_table_insert (gets, &op->value, op))
        return g_strdup_printf ("%" G_GINT64_FORMAT " was got twice", op->value);
    }

  for (guint i = 0; i < history->len; i++)
    {
      const Op *op = &g_array_index (history, Op, i);
      Item      item = { op, NULL };

      if (op->kind == OP_GET && op->result == RESULT_OK)
        {
          item.put = g_hash_table_lookup (puts, &op->value);
          if (item.put == NULL)
            return g_strdup_printf ("%" G_GINT64_FORMAT " was got and never put", op->value);
          if (op->ended < item.put->begun)
            return g_strdup_printf ("%" G_GINT64_FORMAT " was got before it was put", op->value);
        }

      if (!is_put (op))
        continue;

      item.get = g_hash_table_lookup (gets, &op->value);
      if (item.get == NULL && op->result == RESULT_OK)
        return g_strdup_printf ("%" G_GINT64_FORMAT " was lost", op->value);
      if (item.get != NULL && op->result != RESULT_OK && op->result != RESULT_UNKNOWN)
        return g_strdup_printf ("%" G_GINT64_FORMAT " was got, and its put failed", op->value);
      if (item.get != NULL)
        g_array_append_val (items, item);
    }

  return NULL;
}

/*
 * Returns what is wrong, or NULL. To be complete the history must go on until the queue has been
 * emptied. An item that was given back was overtaken meanwhile, so that there is no order then.
 */
char *
history_find_queue_fault (const GArray *history, gboolean is_ordered)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autoptr (GArray) by_end = NULL;
  const Item        *latest = NULL;
  char              *fault = collect (history, items);
  guint              n_before = 0;

  if (fault != NULL || !is_ordered)
    return fault;

  by_end = g_array_copy (items);
  g_array_sort (items, compare_put_begun);
  g_array_sort (by_end, compare_put_ended);

  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);

      /* Of all those that were in before this one was put: which was got last? */
      for (; n_before < by_end->len; n_before++)
        {
          const Item *before = &g_array_index (by_end, Item, n_before);

          if (before->put->ended > item->put->begun)
            break;
          if (latest == NULL || before->get->begun > latest->get->begun)
            latest = before;
        }

      if (latest != NULL && latest->get->begun > item->get->ended)
        return g_strdup_printf ("%" G_GINT64_FORMAT " overtook %" G_GINT64_FORMAT, item->put->value,
                                latest->put->value);
    }

  return NULL;
}
