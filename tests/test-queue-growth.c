/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A queue that has grown gives its memory back. */

#include "test-util.h"

#include <stdio.h>
#include <unistd.h>

/* What so many items take, even if there were only their values. */
#define N_ITEMS 400000
#define BURST_BYTES (N_ITEMS * sizeof (GValue))

/* How much memory the process has, or 0 if that can't be told. */
static gsize
get_resident_bytes (void)
{
  FILE *file = fopen ("/proc/self/statm", "re");
  long  total, resident;
  int   n_read;

  if (file == NULL)
    return 0;

  n_read = fscanf (file, "%ld %ld", &total, &resident);
  fclose (file);

  return n_read == 2 ? (gsize) resident * (gsize) sysconf (_SC_PAGESIZE) : 0;
}

static gpointer
put_all_cb (gpointer data)
{
  TaQueue *queue = data;

  for (gint64 i = 0; i < N_ITEMS; i++)
    g_assert_true (ta_queue_try_put (queue, TA_VALUE_INT (i), NULL));

  return NULL;
}

static gpointer
get_all_cb (gpointer data)
{
  TaQueue *queue = data;

  for (gint64 i = 0; i < N_ITEMS; i++)
    {
      GValue value = G_VALUE_INIT;
      gint64 number;

      g_assert_true (ta_queue_try_get (queue, &value, NULL));
      g_assert_true (ta_value_take_int (&value, &number, NULL));
      g_assert_cmpint (number, ==, i);
    }

  return NULL;
}

static gpointer
exchange_one_cb (gpointer data)
{
  TaQueue *queue = data;

  g_assert_true (ta_queue_try_put (queue, TA_VALUE_INT (0), NULL));
  g_assert_true (ta_queue_try_get (queue, NULL, NULL));

  return NULL;
}

/* The functions one after the other, each in a thread of its own if it says so. */
static void
check_burst (gboolean put_elsewhere, gboolean get_elsewhere)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  gsize               before, full, after;

  /* What is made once, and kept. So is what the first thread leaves with the allocator for the next: were
   * it made when the queue is full, it would stand above it in memory. */
  exchange_one_cb (queue);
  g_thread_join (g_thread_new ("once", exchange_one_cb, queue));

  before = get_resident_bytes ();
  if (put_elsewhere)
    g_thread_join (g_thread_new ("put", put_all_cb, queue));
  else
    put_all_cb (queue);
  full = get_resident_bytes ();
  g_assert_cmpuint (full, >=, before + BURST_BYTES * 3 / 4);

  if (get_elsewhere)
    g_thread_join (g_thread_new ("get", get_all_cb, queue));
  else
    get_all_cb (queue);
  after = get_resident_bytes ();
  g_test_message ("%" G_GSIZE_FORMAT " kB before, %" G_GSIZE_FORMAT " kB full, %" G_GSIZE_FORMAT
                  " kB after",
                  before / 1024, full / 1024, after / 1024);
  g_assert_cmpuint (after, <, before + BURST_BYTES / 4);
}

static void
test_burst (void)
{
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  g_test_skip ("The allocator keeps what was freed");
#else
  /* That of valgrind does, too. */
  if (get_resident_bytes () == 0 || g_getenv ("TA_TEST_SLOWNESS") != NULL)
    {
      g_test_skip ("It can't be told how much memory the process takes");
      return;
    }

  check_burst (FALSE, FALSE);
  check_burst (FALSE, TRUE);
  check_burst (TRUE, FALSE);
  check_burst (TRUE, TRUE);
#endif
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv);

  test_add ("/queue-growth/burst-gives-its-memory-back", test_burst);

  return g_test_run ();
}
