/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <threaded-async.h>

G_BEGIN_DECLS

/*
 * What the test programs share. Two rules hold everywhere: no sleep decides a result, and every
 * wait is bounded. Where a test waits for something that must come, it waits for at most
 * TEST_DEADLINE_US and then fails with a message; a test that hangs in a call that doesn't return
 * is ended by the watchdog that test_add() sets up.
 */
#define TEST_DEADLINE_US (test_get_deadline_us ())

/* A time that is long compared with everything that a test does, for what must never come. */
#define TEST_LONG_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef void (*TestFunc) (gpointer data);

void   test_init (int *argc, char ***argv);
void   test_add (const char *path, void (*func) (void));
guint  test_repeats (guint repeats);
gint64 test_get_deadline_us (void);

/* Iterates a context until a condition holds. */
typedef struct
{
  GMainContext *context;
  GSource      *deadline;
  const char   *what;
  const char   *where;
  gint64        end;
} TestWait;

void test_wait_begin (TestWait *self, GMainContext *context, const char *what, const char *where);
void test_wait_turn (TestWait *self);
void test_wait_end (TestWait *self);

/*
 * There is no ticking source behind this: the context wakes up only for what the test is about,
 * so that a lost wake-up is seen.
 */
#define TEST_TURN_UNTIL(context, condition)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    TestWait test_wait__;                                                                          \
    test_wait_begin (&test_wait__, (context), #condition, G_STRLOC);                               \
    while (!(condition))                                                                           \
      test_wait_turn (&test_wait__);                                                               \
    test_wait_end (&test_wait__);                                                                  \
  }                                                                                                \
  G_STMT_END

guint test_turn_all (GMainContext *context);

/* A counter that threads can wait for. */
typedef struct
{
  GMutex mutex;
  GCond  cond;
  guint  count; /* mutex */
} TestGate;

void  test_gate_init (TestGate *self);
void  test_gate_clear (TestGate *self);
void  test_gate_open (TestGate *self);
void  test_gate_open_cb (gpointer self);
void  test_gate_await_at (TestGate *self, guint count, const char *where);
guint test_gate_get_count (TestGate *self);

#define test_gate_await(self, count) test_gate_await_at ((self), (count), G_STRLOC)

/* A thread that runs a loop on a context of its own, which it has pushed as thread-default. */
typedef struct _TestWorker TestWorker;

TestWorker   *test_worker_new (void);
void          test_worker_free (TestWorker *self);
GMainContext *test_worker_get_context (TestWorker *self);
GThread      *test_worker_get_thread (TestWorker *self);
void          test_worker_call (TestWorker *self, TestFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestWorker, test_worker_free)

/* Runs a function in a thread that has neither a context nor a loop, and waits for its end. */
void test_thread_call (TestFunc func, gpointer data);

/* Where signals must arrive: counts them, and fails when one comes anywhere else. */
typedef struct
{
  GThread      *thread;
  GMainContext *context;
  guint         count;
  gboolean      inside_call;
} TestWitness;

void test_witness_init (TestWitness *self, GMainContext *context);
void test_witness_see (TestWitness *self);
void test_witness_notify_cb (GObject *object, GParamSpec *pspec, gpointer self);

/* Takes the result of one asynchronous operation; fails when it comes twice or elsewhere. */
typedef struct
{
  TestWitness   witness;
  guint         calls;
  GObject      *source;
  GAsyncResult *result;
} TestResult;

void test_result_init (TestResult *self, GMainContext *context);
void test_result_clear (TestResult *self);
void test_result_cb (GObject *source, GAsyncResult *result, gpointer self);

/*
 * Surrounds an asynchronous call, and fails when its callback is called inside it.
 */
#define TEST_OUTSIDE(result, call)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    (result)->witness.inside_call = TRUE;                                                          \
    call;                                                                                          \
    (result)->witness.inside_call = FALSE;                                                         \
  }                                                                                                \
  G_STMT_END

/* A boxed value whose copy and free functions call a hook, never one inside another. */
typedef struct
{
  TestFunc hook;
  gpointer hook_data;
  int      copies;
  int      frees;
  int      live;
} TestHooks;

GType test_hooked_get_type (void);

#define TEST_TYPE_HOOKED (test_hooked_get_type ())

void test_hooks_run (TestHooks *self);
void test_hooked_value_init (GValue *value, TestHooks *hooks, int number);
int  test_hooked_value_get_number (const GValue *value);

/* Runners. */
TaRunner *test_runner_new_started (const char *name);
void      test_runner_stop (TaRunner *self);
void      test_runner_watch_thread (TaRunner *self, TestGate *exited);
void      test_runner_block (TaRunner *self, TestGate *blocked, TestGate *release);

/* A task that drops the object it is given. */
void test_unref_func (TaTask *task, gpointer object);

/* What keeps a runner's loop in a function, and tells when its thread ends. */
typedef struct
{
  TestGate exited;
  TestGate blocked;
  TestGate release;
} TestStuck;

void test_stuck_init (TestStuck *self, TaRunner *runner);
void test_stuck_release (TestStuck *self);
void test_stuck_clear (TestStuck *self);

/* Opens @gone when the context is freed. */
void test_context_watch (GMainContext *context, TestGate *gone);

/* Errors and values. */
#define test_assert_message_has(error, text)                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (strstr ((error)->message, (text)) == NULL)                                                 \
      g_error ("%s: \"%s\" does not name \"%s\"", G_STRLOC, (error)->message, (text));             \
  }                                                                                                \
  G_STMT_END

#define test_assert_null_pointer(value)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_true (G_VALUE_TYPE (value) == G_TYPE_POINTER);                                        \
    g_assert_null (g_value_get_pointer (value));                                                   \
  }                                                                                                \
  G_STMT_END

/* The library's own criticals. */
#define test_expect_critical(pattern)                                                              \
  g_test_expect_message ("ThreadedAsync", G_LOG_LEVEL_CRITICAL, (pattern))

G_END_DECLS
