/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations.h"

/* Queues. */

static void
put_and_get (guint n)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_auto (GValue)     value = G_VALUE_INIT;

  for (guint i = 0; i < n; i++)
    g_assert_true (ta_queue_try_put (queue, TA_VALUE_INT (i), NULL));
  for (guint i = 0; i < n; i++)
    g_assert_true (ta_queue_try_get (queue, &value, NULL));
}

static void
blocking_put_and_get (guint n)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  g_auto (GValue)     value = G_VALUE_INIT;

  for (guint i = 0; i < n; i++)
    {
      g_assert_true (ta_queue_put_wait (queue, TA_VALUE_INT (i), TA_TIMEOUT_INFINITE, NULL, NULL));
      g_assert_true (ta_queue_get_wait (queue, &value, TA_TIMEOUT_INFINITE, NULL, NULL));
    }
}

static void
got_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  guint *n_left = data;
  GValue value = G_VALUE_INIT;

  g_assert_true (ta_queue_get_finish (TA_QUEUE (object), result, &value, NULL));
  g_value_unset (&value);
  --*n_left;
}

static void
put_to_those_who_wait (guint n)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  guint               n_left = n;

  for (guint i = 0; i < n; i++)
    ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, got_cb, &n_left);
  for (guint i = 0; i < n; i++)
    g_assert_true (ta_queue_try_put (queue, TA_VALUE_INT (i), NULL));
  operations_iterate (&n_left);
}

static void
put_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  guint *n_left = data;

  g_assert_true (ta_queue_put_finish (TA_QUEUE (object), result, NULL));
  --*n_left;
}

static void
get_from_those_who_wait (guint n)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  g_auto (GValue)     value = G_VALUE_INIT;
  guint               n_left = n;

  for (guint i = 0; i < n; i++)
    ta_queue_put_async (queue, TA_VALUE_INT (i), TA_TIMEOUT_INFINITE, NULL, put_cb, &n_left);
  for (guint i = 0; i < n; i++)
    g_assert_true (ta_queue_try_get (queue, &value, NULL));
  operations_iterate (&n_left);
}

/* As a consumer in a loop does it: it waits once, and then takes what there is. */
typedef struct
{
  TaQueue *queue;
  guint    n_left;
} Consumer;

static void
consume_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Consumer       *self = data;
  g_auto (GValue) value = G_VALUE_INIT;

  g_assert_true (ta_queue_get_finish (self->queue, result, &value, NULL));
  self->n_left--;
  while (ta_queue_try_get (self->queue, &value, NULL))
    self->n_left--;

  if (self->n_left > 0)
    ta_queue_get_async (self->queue, TA_TIMEOUT_INFINITE, NULL, consume_cb, self);
}

static void
consume_in_batches (guint n)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  Consumer            consumer = { queue, n };

  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, consume_cb, &consumer);
  while (consumer.n_left > 0)
    {
      for (guint i = 0; i < 10; i++)
        g_assert_true (ta_queue_try_put (queue, TA_VALUE_INT (i), NULL));
      /* One turn takes one get to its end, and that of the next may be the same. */
      for (guint n_left = consumer.n_left; consumer.n_left > n_left - 10;)
        g_main_context_iteration (NULL, TRUE);
    }
}

const Operation operations_queue[] = {
  { "an item put and got", put_and_get, TRUE },
  { "an item put and got by calls that may block", blocking_put_and_get },
  { "an item put to who waits", put_to_those_who_wait, TRUE },
  { "an item got from who waits", get_from_those_who_wait, TRUE },
  { "an item consumed in tens by a loop", consume_in_batches },
  { NULL },
};
