/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "history.h"

/* The checks of the stress test find what they are there to find: histories that must not be. */

typedef struct
{
  OpKind   kind;
  OpResult result;
  gint64   value;
  guint64  begun;
  guint64  ended;
} Line;

static GArray *
make_history (const Line *lines, guint n_lines)
{
  GArray *history = g_array_new (FALSE, FALSE, sizeof (Op));

  for (guint i = 0; i < n_lines; i++)
    {
      Op op = { .kind = lines[i].kind,
                .result = lines[i].result,
                .value = lines[i].value,
                .begun = lines[i].begun,
                .ended = lines[i].ended };

      g_array_append_val (history, op);
    }

  return history;
}

static void
check_at (const char *where, const Line *lines, guint n_lines, ModelStep step, gboolean expected)
{
  g_autoptr (GArray) history = make_history (lines, n_lines);
  const Model        start = { .capacity = 1, .n_refs = 2 };

  if (history_is_linear (history, &start, step) != expected)
    g_error ("%s: the history was %s", where, expected ? "refused" : "taken");
}

#define CHECK(step, expected, ...)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const Line lines__[] = { __VA_ARGS__ };                                                        \
    check_at (G_STRLOC, lines__, G_N_ELEMENTS (lines__), (step), (expected));                      \
  }                                                                                                \
  G_STMT_END

static void
test_queue (void)
{
  /* One after the other. */
  CHECK (model_queue_step, TRUE, { OP_PUT, RESULT_OK, 1, 0, 1 }, { OP_GET, RESULT_OK, 1, 2, 3 });
  /* A lost item. */
  CHECK (model_queue_step, FALSE, { OP_PUT, RESULT_OK, 1, 0, 1 },
         { OP_GET, RESULT_WOULD_BLOCK, 0, 2, 3 });
  /* At the same time the get may have come first. */
  CHECK (model_queue_step, TRUE, { OP_PUT, RESULT_OK, 1, 0, 3 },
         { OP_GET, RESULT_WOULD_BLOCK, 0, 1, 2 }, { OP_GET, RESULT_OK, 1, 4, 5 });
  /* A doubled one. */
  CHECK (model_queue_step, FALSE, { OP_PUT, RESULT_OK, 1, 0, 1 }, { OP_GET, RESULT_OK, 1, 2, 3 },
         { OP_GET, RESULT_OK, 1, 2, 4 });
  /* One that went in though there was no space. */
  CHECK (model_queue_step, FALSE, { OP_PUT, RESULT_OK, 1, 0, 1 }, { OP_PUT, RESULT_OK, 2, 2, 3 },
         { OP_GET, RESULT_OK, 1, 4, 5 }, { OP_GET, RESULT_OK, 2, 6, 7 });
  /* Two that changed places. */
  CHECK (model_queue_step, FALSE, { OP_PUT, RESULT_OK, 1, 0, 1 }, { OP_PUT, RESULT_OK, 2, 2, 9 },
         { OP_GET, RESULT_OK, 2, 4, 5 }, { OP_GET, RESULT_OK, 1, 6, 7 });
  /* A cancelled get that has taken something. */
  CHECK (model_queue_step, FALSE, { OP_PUT, RESULT_OK, 1, 0, 1 },
         { OP_GET, RESULT_CANCELLED, 1, 2, 3 }, { OP_GET, RESULT_WOULD_BLOCK, 0, 4, 5 });
  /* An item that was not given back, and one that was. */
  CHECK (model_queue_step, FALSE, { OP_PUT, RESULT_OK, 1, 0, 1 },
         { OP_GET, RESULT_GIVEN_BACK, 0, 2, 3 }, { OP_GET, RESULT_WOULD_BLOCK, 0, 4, 5 });
  CHECK (model_queue_step, TRUE, { OP_PUT, RESULT_OK, 1, 0, 1 },
         { OP_GET, RESULT_GIVEN_BACK, 0, 2, 9 }, { OP_GET, RESULT_WOULD_BLOCK, 0, 4, 5 },
         { OP_GET, RESULT_OK, 1, 10, 11 });
  /* A place that is reserved is taken. */
  CHECK (model_queue_step, TRUE, { OP_RESERVE, RESULT_OK, 0, 0, 1 },
         { OP_PUT, RESULT_WOULD_BLOCK, 2, 2, 3 }, { OP_COMMIT, RESULT_OK, 1, 4, 5 });
  CHECK (model_queue_step, FALSE, { OP_RESERVE, RESULT_OK, 0, 0, 1 },
         { OP_PUT, RESULT_OK, 2, 2, 3 });
  /* What was closed stays closed. */
  CHECK (model_queue_step, FALSE, { OP_CLOSE, RESULT_OK, 0, 0, 1 }, { OP_PUT, RESULT_OK, 1, 2, 3 },
         { OP_GET, RESULT_OK, 1, 4, 5 });
  /* And gives what is left. */
  CHECK (model_queue_step, FALSE, { OP_PUT, RESULT_OK, 1, 0, 1 }, { OP_CLOSE, RESULT_OK, 0, 2, 3 },
         { OP_GET, RESULT_CLOSED, 0, 4, 5 });
}

static void
test_event (void)
{
  CHECK (model_event_step, TRUE, { OP_SET, RESULT_OK, 0, 0, 1 }, { OP_WAIT, RESULT_OK, 0, 2, 3 });
  CHECK (model_event_step, FALSE, { OP_SET, RESULT_OK, 0, 0, 1 },
         { OP_WAIT, RESULT_WOULD_BLOCK, 0, 2, 3 });
  CHECK (model_event_step, FALSE, { OP_WAIT, RESULT_OK, 0, 2, 3 }, { OP_SET, RESULT_OK, 0, 4, 5 });
  CHECK (model_event_step, TRUE, { OP_WAIT, RESULT_OK, 0, 0, 9 }, { OP_SET, RESULT_OK, 0, 1, 2 },
         { OP_CLEAR, RESULT_OK, 0, 3, 4 }, { OP_IS_SET, RESULT_OK, FALSE, 5, 6 });
  CHECK (model_event_step, FALSE, { OP_SET, RESULT_OK, 0, 0, 1 }, { OP_CLEAR, RESULT_OK, 0, 2, 3 },
         { OP_IS_SET, RESULT_OK, TRUE, 4, 5 });
}

static void
test_future (void)
{
  CHECK (model_future_step, TRUE, { OP_CLAIM, RESULT_OK, 7, 0, 1 }, { OP_END, RESULT_OK, 7, 0, 1 },
         { OP_READ, RESULT_OK, 7, 2, 3 });
  /* Two returns. */
  CHECK (model_future_step, FALSE, { OP_CLAIM, RESULT_OK, 7, 0, 1 }, { OP_END, RESULT_OK, 7, 0, 1 },
         { OP_CLAIM, RESULT_OK, 8, 2, 3 }, { OP_END, RESULT_OK, 8, 2, 3 });
  /* None at all. */
  CHECK (model_future_step, FALSE, { OP_REFUSED_RETURN, RESULT_OK, 7, 0, 1 });
  /* A value that comes and goes. */
  CHECK (model_future_step, FALSE, { OP_CLAIM, RESULT_OK, 7, 0, 9 }, { OP_END, RESULT_OK, 7, 0, 9 },
         { OP_READ, RESULT_OK, 7, 2, 3 }, { OP_READ, RESULT_WOULD_BLOCK, 0, 4, 5 });
  /* A promise that somebody still has. */
  CHECK (model_future_step, FALSE, { OP_UNREF, RESULT_OK, 0, 0, 1 },
         { OP_READ, RESULT_DROPPED, 0, 2, 3 }, { OP_UNREF, RESULT_OK, 0, 4, 5 });
  CHECK (model_future_step, TRUE, { OP_UNREF, RESULT_OK, 0, 0, 1 },
         { OP_READ, RESULT_DROPPED, 0, 2, 5 }, { OP_UNREF, RESULT_OK, 0, 4, 5 });
}

static void
check_fifo_at (const char *where, const Line *lines, guint n_lines, const char *expected)
{
  g_autoptr (GArray) history = make_history (lines, n_lines);
  g_autofree char   *fault = history_find_queue_fault (history, TRUE);

  if (g_strcmp0 (fault, expected) != 0)
    g_error ("%s: found %s", where, fault != NULL ? fault : "nothing");
}

#define CHECK_FIFO(expected, ...)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const Line lines__[] = { __VA_ARGS__ };                                                        \
    check_fifo_at (G_STRLOC, lines__, G_N_ELEMENTS (lines__), (expected));                         \
  }                                                                                                \
  G_STMT_END

static void
test_fifo (void)
{
  CHECK_FIFO (NULL, { OP_PUT, RESULT_OK, 1, 0, 3 }, { OP_PUT, RESULT_OK, 2, 1, 2 },
              { OP_GET, RESULT_OK, 2, 4, 5 }, { OP_GET, RESULT_OK, 1, 6, 7 });
  CHECK_FIFO ("2 overtook 1", { OP_PUT, RESULT_OK, 1, 0, 1 }, { OP_PUT, RESULT_OK, 2, 2, 3 },
              { OP_GET, RESULT_OK, 2, 4, 5 }, { OP_GET, RESULT_OK, 1, 6, 7 });
  CHECK_FIFO ("1 was lost", { OP_PUT, RESULT_OK, 1, 0, 1 }, { OP_PUT, RESULT_OK, 2, 2, 3 },
              { OP_GET, RESULT_OK, 2, 4, 5 });
  CHECK_FIFO ("1 was got twice", { OP_PUT, RESULT_OK, 1, 0, 1 }, { OP_GET, RESULT_OK, 1, 2, 3 },
              { OP_GET, RESULT_OK, 1, 4, 5 });
  CHECK_FIFO ("1 was got, and its put failed", { OP_PUT, RESULT_CANCELLED, 1, 0, 1 },
              { OP_GET, RESULT_OK, 1, 2, 3 });
  CHECK_FIFO (NULL, { OP_PUT, RESULT_UNKNOWN, 1, 0, 1 }, { OP_GET, RESULT_OK, 1, 2, 3 });
  CHECK_FIFO ("1 was got before it was put", { OP_PUT, RESULT_OK, 1, 2, 3 },
              { OP_GET, RESULT_OK, 1, 0, 1 });
  CHECK_FIFO ("1 was got and never put", { OP_GET, RESULT_OK, 1, 0, 1 });
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/checker/queue", test_queue);
  g_test_add_func ("/checker/event", test_event);
  g_test_add_func ("/checker/future", test_future);
  g_test_add_func ("/checker/fifo", test_fifo);

  return g_test_run ();
}
