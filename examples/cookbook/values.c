/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * values: what can be put into a queue, and how to refuse what should not.
 */

#include <locale.h>
#include <stdlib.h>

#include <threaded-async.h>

/* A queue in which a result is a string, and a failure an error. */
static gboolean
put_failure (TaQueue *queue, const GError *failure, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_set_boxed (g_value_init (&value, G_TYPE_ERROR), failure);

  return ta_queue_put_wait (queue, &value, TA_TIMEOUT_INFINITE, NULL, error);
}

static gboolean
print_result (TaQueue *queue, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!ta_queue_get_wait (queue, &value, TA_TIMEOUT_INFINITE, NULL, error))
    return FALSE;

  if (G_VALUE_HOLDS_STRING (&value))
    g_print ("A result: %s\n", g_value_get_string (&value));
  else if (G_VALUE_HOLDS (&value, G_TYPE_ERROR))
    g_print ("A failure: %s\n", ((GError *) g_value_get_boxed (&value))->message);

  return TRUE;
}

static TaQueue *
new_queue_of_strings (void)
{
  return g_object_new (TA_TYPE_QUEUE, "name", "names", "item-type", G_TYPE_STRING, NULL);
}

int
main (void)
{
  g_autoptr (TaQueue) results = ta_queue_new (0);
  g_autoptr (TaQueue) names = new_queue_of_strings ();
  g_autoptr (GError)  failure = g_error_new_literal (TA_ERROR, TA_ERROR_FAILED, "it was too late");
  g_autoptr (GError)  error = NULL;

  setlocale (LC_ALL, "");

  if (!ta_queue_put_wait (results, TA_VALUE_STRING ("42"), TA_TIMEOUT_INFINITE, NULL, &error) ||
      !put_failure (results, failure, &error) || !print_result (results, &error) ||
      !print_result (results, &error))
    g_error ("%s", error->message);

  if (!ta_queue_try_put (names, TA_VALUE_INT (42), &error))
    g_print ("%s\n", error->message);

  return EXIT_SUCCESS;
}
