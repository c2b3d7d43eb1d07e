/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The second half of test-util.h: what watches callbacks, signals, values and runners.
 */

#include "test-util.h"

/* Everything that @self sees must come in this thread, with @context owned by it. */
void
test_witness_init (TestWitness *self, GMainContext *context)
{
  self->thread = g_thread_self ();
  self->context = context != NULL ? context : g_main_context_default ();
  self->count = 0;
  self->inside_call = FALSE;
}

void
test_witness_see (TestWitness *self)
{
  g_assert_true (g_thread_self () == self->thread);
  g_assert_true (g_main_context_is_owner (self->context));
  g_assert_false (self->inside_call);
  self->count++;
}

void
test_witness_notify_cb (GObject *object, GParamSpec *pspec, gpointer self)
{
  g_assert_true (G_IS_OBJECT (object));
  g_assert_nonnull (g_object_class_find_property (G_OBJECT_GET_CLASS (object), pspec->name));
  test_witness_see (self);
}

void
test_result_init (TestResult *self, GMainContext *context)
{
  test_witness_init (&self->witness, context);
  self->calls = 0;
  self->source = NULL;
  self->result = NULL;
}

void
test_result_clear (TestResult *self)
{
  g_clear_object (&self->source);
  g_clear_object (&self->result);
}

void
test_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TestResult *self = data;

  test_witness_see (&self->witness);
  g_assert_cmpuint (self->calls, ==, 0);
  self->calls++;
  self->source = source != NULL ? g_object_ref (source) : NULL;
  self->result = g_object_ref (result);
}

typedef struct
{
  TestHooks *hooks;
  int        number;
} TestHooked;

static GPrivate in_hook;

/* Runs the hook, unless this thread is inside one already. */
void
test_hooks_run (TestHooks *self)
{
  if (self->hook == NULL || g_private_get (&in_hook) != NULL)
    return;

  g_private_set (&in_hook, self);
  self->hook (self->hook_data);
  g_private_set (&in_hook, NULL);
}

static TestHooked *
test_hooked_copy (TestHooked *self)
{
  TestHooked *copy = g_new (TestHooked, 1);

  *copy = *self;
  g_atomic_int_inc (&self->hooks->copies);
  g_atomic_int_inc (&self->hooks->live);
  test_hooks_run (self->hooks);

  return copy;
}

static void
test_hooked_free (TestHooked *self)
{
  TestHooks *hooks = self->hooks;

  g_free (self);
  test_hooks_run (hooks);
  g_atomic_int_inc (&hooks->frees);
  g_atomic_int_add (&hooks->live, -1);
}

G_DEFINE_BOXED_TYPE (TestHooked, test_hooked, test_hooked_copy, test_hooked_free)

/* Makes @value hold a first box that counts as live, but not as a copy. */
void
test_hooked_value_init (GValue *value, TestHooks *hooks, int number)
{
  TestHooked *hooked = g_new (TestHooked, 1);

  hooked->hooks = hooks;
  hooked->number = number;
  g_atomic_int_inc (&hooks->live);
  g_value_init (value, TEST_TYPE_HOOKED);
  g_value_take_boxed (value, hooked);
}

int
test_hooked_value_get_number (const GValue *value)
{
  const TestHooked *hooked = g_value_get_boxed (value);

  return hooked->number;
}

TaRunner *
test_runner_new_started (const char *name)
{
  GError   *error = NULL;
  TaRunner *self = ta_runner_new (name);
  gboolean  started = ta_runner_start (self, &error);

  g_assert_no_error (error);
  g_assert_true (started);

  return self;
}

/* Stops a runner that must stop without force. */
void
test_runner_stop (TaRunner *self)
{
  GError  *error = NULL;
  gboolean stopped = ta_runner_stop (self, TEST_DEADLINE_US, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (stopped);
  g_assert_cmpint (ta_runner_get_shutdown_type (self), ==, TA_SHUTDOWN_TYPE_STOPPED);
}

static GPrivate exit_gate = G_PRIVATE_INIT (test_gate_open_cb);

static void
watch_thread_cb (gpointer data)
{
  g_private_set (&exit_gate, data);
}

/* Opens @exited when the runner's thread ends. */
void
test_runner_watch_thread (TaRunner *self, TestGate *exited)
{
  GError *error = NULL;

  ta_runner_call_in_loop (self, watch_thread_cb, exited, NULL, TEST_DEADLINE_US, NULL, &error);
  g_assert_no_error (error);
}

typedef struct
{
  TestGate *blocked;
  TestGate *release;
} Block;

static void
block_func (TaTask *task, gpointer data)
{
  Block                *block = data;
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  test_gate_open (block->blocked);
  test_gate_await (block->release, 1);
  ta_promise_return_boolean (promise, TRUE);
}

void
test_unref_func (TaTask *task, gpointer object)
{
  g_autoptr (TaPromise) promise = ta_task_take_promise (task);

  g_object_unref (object);
  ta_promise_return_boolean (promise, TRUE);
}

/* Keeps the runner's loop in a function until @release is opened; returns once it is in there. */
void
test_runner_block (TaRunner *self, TestGate *blocked, TestGate *release)
{
  Block             *block = g_new (Block, 1);
  g_autoptr (TaTask) task = NULL;

  block->blocked = blocked;
  block->release = release;
  task = ta_runner_create_task (self, block_func, block, g_free);
  g_assert_nonnull (task);
  test_gate_await (blocked, 1);
}

/* Returns once the runner's loop is in the function. */
void
test_stuck_init (TestStuck *self, TaRunner *runner)
{
  test_gate_init (&self->exited);
  test_gate_init (&self->blocked);
  test_gate_init (&self->release);
  test_runner_watch_thread (runner, &self->exited);
  test_runner_block (runner, &self->blocked, &self->release);
}

/* Lets it go on, and returns once its thread has ended. */
void
test_stuck_release (TestStuck *self)
{
  test_gate_open (&self->release);
  test_gate_await (&self->exited, 1);
}

void
test_stuck_clear (TestStuck *self)
{
  test_gate_clear (&self->exited);
  test_gate_clear (&self->blocked);
  test_gate_clear (&self->release);
}

static gboolean
never_cb (gpointer data)
{
  g_assert_not_reached ();

  return G_SOURCE_REMOVE;
}

/* A source goes with its context, and tells. */
void
test_context_watch (GMainContext *context, TestGate *gone)
{
  GSource *source = g_timeout_source_new_seconds (3600);

  g_source_set_callback (source, never_cb, gone, test_gate_open_cb);
  g_source_attach (source, context);
  g_source_unref (source);
}
