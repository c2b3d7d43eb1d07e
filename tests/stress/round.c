/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include "options.h"

#include <stdlib.h>

/*
 * Threads and runners, who are the same for all rounds, and what goes on in one. Whatever is chosen
 * comes from the seed of the round; what comes of it depends on the machine, too.
 */

static TaRunner    *runners[N_RUNNERS]; /* the coordinator's */
static GThreadPool *threads;

static GMutex start_mutex; /* held until all parties are there */
static GMutex mutex;
static GCond  something_happened; /* mutex */

int
party_random (Party *self, int n)
{
  return g_rand_int_range (self->rand, 0, n);
}

gint64
party_new_value (Round *round)
{
  return __atomic_add_fetch (&round->next_value, 1, __ATOMIC_SEQ_CST);
}

/* Chooses how long to wait, whether somebody may cancel it, and perhaps cancels somebody. */
void
party_choose (Party *self)
{
  Round        *round = self->round;
  GCancellable *previous, *victim = NULL;
  guint         i = (guint) party_random (self, (int) round->n_parties);

  switch (party_random (self, 4))
    {
    case 0:
      self->timeout_us = 0;
      break;
    case 1:
      self->timeout_us = party_random (self, 300);
      break;
    default:
      self->timeout_us = TA_TIMEOUT_INFINITE;
    }

  g_clear_object (&self->cancellable);
  if (party_random (self, 2) == 0)
    self->cancellable = g_cancellable_new ();

  g_mutex_lock (&round->mutex);
  previous = round->cancellables[self->id];
  round->cancellables[self->id] =
      self->cancellable != NULL ? g_object_ref (self->cancellable) : NULL;
  if (i != self->id && party_random (self, 3) == 0)
    victim = g_steal_pointer (&round->cancellables[i]);
  g_mutex_unlock (&round->mutex);

  g_clear_object (&previous);
  if (victim != NULL)
    g_cancellable_cancel (victim);
  g_clear_object (&victim);

  if (party_random (self, 4) == 0)
    g_thread_yield ();
}

/* Takes note of what is begun. */
Op *
party_begin (Party *self, OpKind kind, gint64 value)
{
  return history_begin (self->history, kind, self->id, value);
}

Op *
party_get_pending (Party *self)
{
  return &g_array_index (self->history, Op, self->history->len - 1);
}

/* The operation that is begun is a wait: of the kind that ends only if somebody brings it about? */
void
party_waits (Party *self, OpKind kind)
{
  if (self->timeout_us == TA_TIMEOUT_INFINITE)
    g_atomic_int_set (&self->waits_for, 1 + (int) kind);
}

void
party_end (Party *self, OpResult result)
{
  history_end (party_get_pending (self), result);
  g_atomic_int_set (&self->waits_for, 0);
  g_atomic_int_inc (&self->round->n_progress);
}

/* The same for what failed with @error (transfer full). */
void
party_end_with_error (Party *self, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      if (self->timeout_us == TA_TIMEOUT_INFINITE &&
          g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        round_fail (self->round, "a wait for ever timed out");
      party_end (self, RESULT_WOULD_BLOCK);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (self->cancellable == NULL || !g_cancellable_is_cancelled (self->cancellable))
        {
          if (self->runner == NULL || self->runner != self->round->stopped)
            round_fail (self->round, "what nobody cancelled was cancelled");
          self->n_ops = 0;
        }
      party_end (self, RESULT_CANCELLED);
    }
  else if (g_error_matches (error, TA_ERROR, TA_ERROR_CLOSED))
    {
      party_end (self, RESULT_CLOSED);
    }
  else if (g_error_matches (error, TA_ERROR, TA_ERROR_DROPPED))
    {
      party_end (self, RESULT_DROPPED);
    }
  else
    {
      round_fail (self->round, "unexpected error: %s", error->message);
    }

  g_error_free (error);
}

static void
party_be_over (Party *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->is_over, FALSE, TRUE))
    return;

  if (g_atomic_int_dec_and_test (&self->round->n_acting))
    {
      g_mutex_lock (&mutex);
      g_cond_signal (&something_happened);
      g_mutex_unlock (&mutex);
    }
}

/* Does one thing after the other, until one does not end at once. */
void
party_go_on (Party *self)
{
  while (self->n_ops > 0)
    {
      self->n_ops--;
      if (!self->round->scenario->act (self))
        return;
    }

  party_be_over (self);
}

/* All begin together. */
static void
party_start (gpointer data)
{
  Party *self = data;

  g_mutex_lock (&start_mutex);
  g_mutex_unlock (&start_mutex);
  party_go_on (self);
}

static void
party_start_cb (gpointer data, gpointer unused)
{
  party_start (data);
}

gboolean
round_has_waiting (Round *self, OpKind kind)
{
  for (guint i = 0; i < self->n_parties; i++)
    {
      if (g_atomic_int_get (&self->parties[i].waits_for) == 1 + (int) kind)
        return TRUE;
    }

  return FALSE;
}

static int
compare_begun (gconstpointer a, gconstpointer b)
{
  const Op *left = a, *right = b;

  return left->begun < right->begun ? -1 : 1;
}

/* Returns all that was done. */
GArray *
round_collect (Round *self)
{
  GArray *all = g_array_copy (self->history);

  for (guint i = 0; i < self->n_parties; i++)
    {
      GArray *history = self->parties[i].history;

      g_array_append_vals (all, history->data, history->len);
    }
  g_array_sort (all, compare_begun);

  return all;
}

void
round_fail (Round *self, const char *format, ...)
{
  g_autoptr (GArray) all = round_collect (self);
  g_autofree char   *message = NULL;
  va_list            args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  history_print (all);
  for (guint i = 0; i < self->n_parties; i++)
    g_printerr ("# party %u: in %s%s\n", i,
                self->parties[i].runner == NULL ? "a thread"
                                                : ta_runner_get_name (self->parties[i].runner),
                g_atomic_int_get (&self->parties[i].is_over) ? "" : ", not over");
  g_printerr ("# %s: capacity %u: %s\n# again: stress -p %s --seed=%u\n", self->scenario->path,
              self->start.capacity, message, self->scenario->path, self->seed);
  abort ();
}

void
round_check_linear (Round *self, ModelStep step)
{
  g_autoptr (GArray) all = round_collect (self);

  if (!history_is_linear (all, &self->start, step))
    round_fail (self, "there is no order in which this can have happened");
}

static void
round_begin (Round *self, const Scenario *scenario, guint32 seed)
{
  *self = (Round){ .scenario = scenario, .seed = seed, .rand = g_rand_new_with_seed (seed) };
  self->history = g_array_new (FALSE, FALSE, sizeof (Op));
  self->n_parties = (guint) g_rand_int_range (self->rand, 2, (int) scenario->max_parties + 1);
  self->n_acting = (int) self->n_parties;
  self->n_ops = scenario->max_ops / self->n_parties;
  g_mutex_init (&self->mutex);
  if (scenario->stops_runner)
    self->stopped = runners[g_rand_int_range (self->rand, 0, N_RUNNERS)];

  for (guint i = 0; i < self->n_parties; i++)
    {
      Party *party = &self->parties[i];
      int    n_runners = g_rand_int_range (self->rand, 1, N_RUNNERS + 1);

      party->round = self;
      party->id = i;
      if (g_rand_boolean (self->rand))
        party->runner = runners[g_rand_int_range (self->rand, 0, n_runners)];
      party->rand = g_rand_new_with_seed (g_rand_int (self->rand));
      party->history = g_array_new (FALSE, FALSE, sizeof (Op));
      party->n_ops = (guint) g_rand_int_range (self->rand, 1, (int) self->n_ops + 1);
    }

  scenario->begin (self);
}

/* A runner has ended while its parties acted; what they were not told may or may not be done. */
static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Round             *self = data;
  g_autoptr (GError) error = NULL;

  /* Tasks that fail as they should, and that nobody reads, are no fault of the runner. */
  if (!ta_runner_stop_finish (TA_RUNNER (source), result, &error) &&
      !g_error_matches (error, TA_ERROR, TA_ERROR_TASKS_FAILED))
    round_fail (self, "the runner could not be stopped: %s", error->message);

  for (guint i = 0; i < self->n_parties; i++)
    {
      Party *party = &self->parties[i];

      if (party->runner != self->stopped || g_atomic_int_get (&party->is_over))
        continue;
      if (self->scenario->forget != NULL)
        self->scenario->forget (party);
      if (party->history->len > 0 && party_get_pending (party)->result == RESULT_NONE)
        party_end (party, RESULT_UNKNOWN);
      party_be_over (party);
    }
  self->has_stopped = TRUE;
}

/* Waits until everybody is over; helps those who wait for what nobody else does. */
static void
round_wait (Round *self)
{
  const gint64 patience = options_get_patience_us ();
  gint64       last_progress = g_get_monotonic_time ();
  int          n_before = -1;
  guint        stop_after = (guint) g_rand_int_range (self->rand, 0, 5);

  g_mutex_lock (&mutex);
  while (g_atomic_int_get (&self->n_acting) > 0 || (self->stopped != NULL && !self->has_stopped))
    {
      gint64 now = g_get_monotonic_time ();
      int    n_progress = g_atomic_int_get (&self->n_progress);

      if (n_progress != n_before)
        {
          n_before = n_progress;
          last_progress = now;
        }
      else if (now - last_progress > patience)
        {
          round_fail (self, "a wait did not end: lost wake-up");
        }

      g_mutex_unlock (&mutex);
      if (self->stopped != NULL && stop_after-- == 0)
        ta_runner_stop_async (self->stopped, STRESS_PATIENCE_US, NULL, stopped_cb, self);
      test_turn_all (NULL);
      if (now - last_progress > 50 || n_progress == 0)
        self->scenario->assist (self);
      g_mutex_lock (&mutex);

      if (g_atomic_int_get (&self->n_acting) > 0 || self->stopped != NULL)
        g_cond_wait_until (&something_happened, &mutex, now + 50);
    }
  g_mutex_unlock (&mutex);
}

static void
round_end (Round *self)
{
  for (guint i = 0; i < self->n_parties; i++)
    {
      Party *party = &self->parties[i];

      g_clear_object (&party->cancellable);
      g_clear_object (&self->cancellables[i]);
      g_rand_free (party->rand);
      g_array_unref (party->history);
    }
  g_clear_object (&self->object);
  g_array_unref (self->history);
  g_rand_free (self->rand);
  g_mutex_clear (&self->mutex);
}

static void
start_runner (guint i)
{
  g_autofree char   *name = g_strdup_printf ("runner %u", i);
  g_autoptr (GError) error = NULL;

  g_clear_object (&runners[i]);
  runners[i] = ta_runner_new (name);
  ta_runner_start (runners[i], &error);
  g_assert_no_error (error);
}

static void
round_run (const Scenario *scenario, guint32 seed)
{
  Round round;

  round_begin (&round, scenario, seed);

  g_mutex_lock (&start_mutex);
  for (guint i = 0; i < round.n_parties; i++)
    {
      Party *party = &round.parties[i];

      if (party->runner == NULL)
        g_thread_pool_push (threads, party, NULL);
      else
        ta_runner_call_in_loop_async (party->runner, party_start, party, NULL, STRESS_PATIENCE_US,
                                      NULL, NULL, NULL);
    }
  g_mutex_unlock (&start_mutex);

  round_wait (&round);
  scenario->check (&round);
  test_turn_all (NULL);

  for (guint i = 0; i < N_RUNNERS; i++)
    {
      if (runners[i] == round.stopped)
        start_runner (i);
    }
  round_end (&round);
}

TaRunner *
stress_ref_runner (guint i)
{
  return g_object_ref (runners[i]);
}

/* Goes on for the time that the options give to each scenario, and for one round at least. */
void
stress_run (const Scenario *scenario)
{
  const guint32 seed = options_get_seed ();
  const gint64  end = g_get_monotonic_time () + options_get_time_us ();
  guint         n_rounds = 0;

  threads = g_thread_pool_new (party_start_cb, NULL, N_THREADS, TRUE, NULL);
  for (guint i = 0; i < N_RUNNERS; i++)
    start_runner (i);

  do
    round_run (scenario, seed + n_rounds++);
  while (g_get_monotonic_time () < end);
  g_test_message ("%s: %u rounds from --seed=%u on", scenario->path, n_rounds, seed);

  g_thread_pool_free (threads, FALSE, TRUE);
  for (guint i = 0; i < N_RUNNERS; i++)
    {
      ta_runner_stop (runners[i], STRESS_PATIENCE_US, NULL, NULL);
      g_clear_object (&runners[i]);
    }
}
