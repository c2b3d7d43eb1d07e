/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * late: what is put into a queue, and whether an item is taken, is decided when the wait is over.
 */

#include <stdlib.h>

#include <threaded-async.h>

typedef struct
{
  const char *name;
  gboolean    is_closed;
} Window;

static int reading;

static void
space_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* The reading of now, and not of when the wait began. */
  if (!ta_queue_put_reserved (TA_QUEUE (source), result, TA_VALUE_INT (reading), &error))
    g_printerr ("It was not put: %s\n", error->message);
}

static void
item_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Window            *window = user_data;
  g_auto (GValue)    value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  gint64             number;

  /* Then the item goes to the next who waits, or back to its place. */
  if (window->is_closed)
    return;

  if (ta_queue_get_finish (TA_QUEUE (source), result, &value, &error) &&
      ta_value_take_int (&value, &number, &error))
    g_print ("The %s window shows reading %" G_GINT64_FORMAT "\n", window->name, number);
  else
    g_printerr ("There is nothing to show: %s\n", error->message);
}

static void
turn_all (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  Window              first = { "first", FALSE };
  Window              second = { "second", FALSE };

  /* The queue is full, and the readings go on. */
  reading = 1;
  ta_queue_try_put (queue, TA_VALUE_INT (reading), NULL);
  ta_queue_reserve_async (queue, TA_TIMEOUT_INFINITE, NULL, space_cb, NULL);
  reading = 2;
  reading = 3;

  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, item_cb, &first);
  turn_all ();

  /* The first window is closed after it was given an item, and before it hears of that. */
  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, item_cb, &first);
  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, item_cb, &second);
  first.is_closed = TRUE;
  turn_all ();

  return EXIT_SUCCESS;
}
