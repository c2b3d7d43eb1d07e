/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-debug-private.h"
#include "ta-fork-private.h"
#include "ta-future-private.h"
#include "ta-loop-private.h"
#include "ta-queue.h"

#ifdef __linux__
#include <execinfo.h>
#endif

/*
 * What helps to find out what a program is at. Unless TA_DEBUG asks for it nothing is kept but what is
 * there anyway, at the cost of a test for each task and each wait.
 */

#define MAX_FRAMES 16

typedef struct
{
  char         *what; /* owned */
  gint64        since;
  TaInbox      *inbox; /* only their addresses count */
  GCancellable *cancellable;
  TaInboxItem  *root; /* the start of the task whose work began it */
  gboolean      is_blocking;
  gboolean      is_shown; /* lock: as that of a task, in what is being written */
} TaDebugWait;

guint ta_debug_flags;

static GMutex      lock;
static GHashTable *waits; /* lock: an operation, or a blocked thread → TaDebugWait, owned */

/* Before anything else can be called. */
__attribute__ ((constructor)) static void
ta_debug_init (void)
{
  static const GDebugKey keys[] = { { "tasks", TA_DEBUG_TASKS }, { "sites", TA_DEBUG_SITES } };

  ta_debug_flags = g_parse_debug_string (g_getenv ("TA_DEBUG"), keys, G_N_ELEMENTS (keys));
}

static void
ta_debug_wait_free (gpointer data)
{
  TaDebugWait *self = data;

  g_free (self->what);
  g_free (self);
}

static char *
describe_target (gpointer target)
{
  if (target == NULL)
    return g_strdup ("the end of a sleep");
  if (g_type_is_a (G_OBJECT_TYPE (target), TA_TYPE_FUTURE))
    return ta_future_describe (target);
  if (TA_IS_QUEUE (target))
    return g_strdup_printf ("queue “%s”",
                            ta_queue_get_name (target) ? ta_queue_get_name (target) : "");

  return g_strdup_printf ("a %s", G_OBJECT_TYPE_NAME (target));
}

static void
add_wait (gpointer key, TaDebugWait values)
{
  TaDebugWait *wait;

  if (ta_has_forked)
    {
      g_free (values.what);
      return;
    }

  wait = g_new (TaDebugWait, 1);
  *wait = values;
  wait->since = g_get_monotonic_time ();

  g_mutex_lock (&lock);
  if (waits == NULL)
    waits = g_hash_table_new_full (NULL, NULL, NULL, ta_debug_wait_free);
  g_hash_table_insert (waits, key, wait);
  g_mutex_unlock (&lock);
}

void
ta_debug_add_wait (gpointer      operation,
                   gpointer      target,
                   TaInbox      *inbox,
                   GCancellable *cancellable,
                   TaInboxItem  *root)
{
  add_wait (operation, (TaDebugWait){ .what = describe_target (target),
                                      .inbox = inbox,
                                      .cancellable = cancellable,
                                      .root = root });
}

/* The same for a wait that blocks the thread of a loop which is not ours, if this is one. */
void
ta_debug_add_block (gpointer           thread,
                    TaWaitDescribeFunc describe,
                    gpointer           object,
                    GCancellable      *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  TaInbox                 *inbox;

  if (!g_main_context_is_owner (context))
    return;

  inbox = ta_inbox_ref_for_context (context);
  add_wait (thread, (TaDebugWait){ .what = describe (object),
                                   .inbox = inbox,
                                   .cancellable = cancellable,
                                   .root = ta_inbox_get_root (inbox),
                                   .is_blocking = TRUE });
  ta_inbox_unref (inbox);
}

/* Does nothing where it is not known. */
void
ta_debug_remove_wait (gpointer key)
{
  if (ta_has_forked)
    return;

  g_mutex_lock (&lock);
  if (waits != NULL)
    g_hash_table_remove (waits, key);
  g_mutex_unlock (&lock);
}

/*
 * Lists the waits that were started in a context by the work of a task, which is known by its start, or
 * with its cancellable; or afterwards, where both are NULL, those that have neither.
 */
void
ta_debug_append_waits (GString      *text,
                       TaInbox      *inbox,
                       GCancellable *cancellable,
                       TaInboxItem  *root,
                       const char   *indent)
{
  const gint64   now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer       wait;
  gboolean       is_listed;

  g_mutex_lock (&lock);
  if (waits != NULL)
    {
      g_hash_table_iter_init (&iter, waits);
      while (g_hash_table_iter_next (&iter, NULL, &wait))
        {
          TaDebugWait *self = wait;

          if (self->inbox != inbox)
            continue;
          if (root == NULL)
            is_listed = self->cancellable == NULL && !self->is_shown;
          else
            is_listed =
                self->root == root || (cancellable != NULL && self->cancellable == cancellable);
          self->is_shown = root != NULL && (self->is_shown || is_listed);
          if (is_listed)
            g_string_append_printf (text, "%swaits for %s since %.3f s%s\n", indent, self->what,
                                    (double) (now - self->since) / G_USEC_PER_SEC,
                                    self->is_blocking ? ", and blocks the loop" : "");
        }
    }
  g_mutex_unlock (&lock);
}

/* Says from where the library was called; transfer full, nullable. */
char *
ta_debug_dup_site (void)
{
#ifdef __linux__
  void             *frames[MAX_FRAMES];
  int               n_frames = backtrace (frames, MAX_FRAMES);
  g_autofree char **symbols = backtrace_symbols (frames, n_frames);

  for (int i = 1; symbols != NULL && i < n_frames; i++)
    {
      if (strstr (symbols[i], "libthreaded-async-1.so") == NULL)
        return g_strdup (symbols[i]);
    }
#endif

  return NULL;
}

/* Prints everything, if TA_DEBUG asks for it. */
void
ta_debug_print_tasks (const char *reason)
{
  g_autofree char *tasks = NULL;

  if (!ta_debug_is_on ())
    return;

  tasks = ta_debug_dup_tasks ();
  g_printerr ("TA_DEBUG: %s\n%s", reason, tasks);
}

/**
 * ta_debug_dup_tasks:
 *
 * Describes all runners and their unfinished tasks, for a person to read; from any thread.
 *
 * A runner comes with its state, with what its loop is busy with and with what blocks its thread, a
 * task with its name and its status. If the environment variable `TA_DEBUG` is `tasks`, a task also has
 * its age, and what it waits for: the waits of this library that were started on its runner by its
 * function, by what follows from that, or with its cancellable; and tasks are described that have not
 * been started on a threaded runner. With `sites` a task also has where it was made. Several are
 * separated by commas.
 *
 * With `TA_DEBUG` this is also printed when a stuck loop is interrupted.
 *
 * The format may change.
 *
 * Returns: (transfer full): a text of several lines
 *
 * Since: 1.0
 */
char *
ta_debug_dup_tasks (void)
{
  GString *text;

  if (ta_has_forked)
    return g_strdup ("");

  text = g_string_new (NULL);
  ta_loops_describe (text);

  return g_string_free (text, FALSE);
}
