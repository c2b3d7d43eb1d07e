/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The third part of test-util.h: parties that wait for queues and events.
 */

#include "test-party.h"

gint64
test_take_number (GValue *value)
{
  g_autoptr (GError) error = NULL;
  gint64             number = -1;

  ta_value_take_int (value, &number, &error);
  g_assert_no_error (error);

  return number;
}

/* On failure, the value is a NULL pointer. */
static void
take_if_succeeded (TestParty *self, GValue *value)
{
  if (self->succeeded)
    {
      self->number = test_take_number (value);
      return;
    }

  test_assert_null_pointer (value);
  g_value_unset (value);
}

static gpointer
party_thread (gpointer data)
{
  TestParty *self = data;
  GValue     value = G_VALUE_INIT;

  switch (self->job)
    {
    case TEST_GET:
      self->succeeded = ta_queue_get_wait (self->object, &value, self->timeout_us,
                                           self->cancellable, &self->error);
      take_if_succeeded (self, &value);
      break;
    case TEST_PUT:
      self->succeeded = ta_queue_put_wait (self->object, TA_VALUE_INT (self->number),
                                           self->timeout_us, self->cancellable, &self->error);
      break;
    case TEST_WAIT:
    default:
      self->succeeded =
          ta_event_wait (self->object, self->timeout_us, self->cancellable, &self->error);
    }
  test_gate_open (&self->ended);

  return NULL;
}

static void
party_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TestParty *self = data;
  GValue     value = G_VALUE_INIT;

  test_witness_see (&self->witness);
  g_assert_cmpuint (self->witness.count, ==, 1);
  g_assert_true (source == self->object);

  switch (self->job)
    {
    case TEST_GET:
      self->succeeded = ta_queue_get_finish (TA_QUEUE (source), result, &value, &self->error);
      take_if_succeeded (self, &value);
      break;
    case TEST_PUT:
      self->succeeded = ta_queue_put_finish (TA_QUEUE (source), result, &self->error);
      break;
    case TEST_WAIT:
    default:
      self->succeeded = ta_event_wait_finish (TA_EVENT (source), result, &self->error);
    }
  test_gate_open (&self->ended);
}

/* Begins the asynchronous wait; in the thread where it will end. */
static void
begin_async (gpointer data)
{
  TestParty *self = data;

  test_witness_init (&self->witness, g_main_context_get_thread_default ());
  self->witness.inside_call = TRUE;

  switch (self->job)
    {
    case TEST_GET:
      ta_queue_get_async (self->object, self->timeout_us, self->cancellable, party_cb, self);
      break;
    case TEST_PUT:
      ta_queue_put_async (self->object, TA_VALUE_INT (self->number), self->timeout_us,
                          self->cancellable, party_cb, self);
      break;
    case TEST_WAIT:
    default:
      ta_event_wait_async (self->object, self->timeout_us, self->cancellable, party_cb, self);
    }

  self->witness.inside_call = FALSE;
}

/*
 * Nobody can be asked whether a thread stands in the line. But a wait that blocks listens to its
 * cancellable, from when the thread has its place until the wait is over.
 */
static void
await_place (TestParty *self)
{
  const guint  signal_id = g_signal_lookup ("cancelled", G_TYPE_CANCELLABLE);
  const gint64 end = g_get_monotonic_time () + TEST_DEADLINE_US;

  while (!g_signal_has_handler_pending (self->cancellable, signal_id, 0, TRUE) &&
         !test_party_has_ended (self))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_thread_yield ();
    }
}

/* @worker is for TEST_IN_WORKER, and @number is the item to put. */
void
test_party_begin_timed (TestParty  *self,
                        gpointer    object,
                        TestJob     job,
                        TestPlace   place,
                        TestWorker *worker,
                        gint64      number,
                        gint64      timeout_us)
{
  *self = (TestParty){ .object = object,
                       .job = job,
                       .place = place,
                       .worker = worker,
                       .number = number,
                       .timeout_us = timeout_us };
  self->cancellable = g_cancellable_new ();
  test_gate_init (&self->ended);

  switch (place)
    {
    case TEST_IN_MAIN:
      begin_async (self);
      break;
    case TEST_IN_WORKER:
      test_worker_call (worker, begin_async, self);
      break;
    case TEST_IN_THREAD:
    case TEST_N_PLACES:
    default:
      self->thread = g_thread_new ("test-party", party_thread, self);
      await_place (self);
    }
}

/* One that waits for longer than any test lasts. */
void
test_party_begin (TestParty  *self,
                  gpointer    object,
                  TestJob     job,
                  TestPlace   place,
                  TestWorker *worker,
                  gint64      number)
{
  test_party_begin_timed (self, object, job, place, worker, number, TEST_LONG_US);
}

gboolean
test_party_has_ended (TestParty *self)
{
  return test_gate_get_count (&self->ended) > 0;
}

void
test_party_cancel (TestParty *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
end (TestParty *self, const char *where)
{
  if (self->place == TEST_IN_MAIN)
    TEST_TURN_UNTIL (NULL, test_party_has_ended (self));
  test_gate_await_at (&self->ended, 1, where);
  g_clear_pointer (&self->thread, g_thread_join);
  test_gate_clear (&self->ended);
  g_clear_object (&self->cancellable);
}

void
test_party_check_at (TestParty *self, gint64 number, const char *where)
{
  end (self, where);
  if (self->error != NULL)
    g_error ("%s: %s", where, self->error->message);
  g_assert_true (self->succeeded);
  if (self->number != number)
    g_error ("%s: got %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, where, self->number, number);
}

/* Waits for the end of a wait that must fail, and clears @self. */
void
test_party_check_error (TestParty *self, GQuark domain, int code)
{
  end (self, G_STRLOC);
  g_assert_false (self->succeeded);
  g_assert_error (self->error, domain, code);
  g_clear_error (&self->error);
}

/* Waits for the end of a wait, whatever it is, and clears @self. */
void
test_party_end (TestParty *self)
{
  end (self, G_STRLOC);
  g_assert_true (self->succeeded == (self->error == NULL));
  g_clear_error (&self->error);
}

void
test_queue_put_at (TaQueue *queue, gint64 number, const char *where)
{
  g_autoptr (GError) error = NULL;

  if (!ta_queue_try_put (queue, TA_VALUE_INT (number), &error))
    g_error ("%s: %s", where, error->message);
}

gint64
test_queue_get_at (TaQueue *queue, const char *where)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  if (!ta_queue_try_get (queue, &value, &error))
    g_error ("%s: %s", where, error->message);

  return test_take_number (&value);
}

/* There is nothing in the queue, whichever way one looks at it. */
void
test_queue_check_empty (TaQueue *queue)
{
  g_autoptr (GError) error = NULL;
  GValue             value = G_VALUE_INIT;

  g_assert_cmpuint (ta_queue_get_length (queue), ==, 0);
  g_assert_true (ta_queue_get_is_empty (queue));
  g_assert_false (ta_queue_try_get (queue, &value, &error));
  if (ta_queue_get_closed (queue))
    g_assert_error (error, TA_ERROR, TA_ERROR_CLOSED);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  test_assert_null_pointer (&value);
  g_value_unset (&value);
}
