/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

/*
 * Rounds in which everybody asks a server, in whatever way there is, takes requests back, and forgets
 * them, while the coordinator has the server handle them. To send is to put into a queue, and to handle
 * is to get from it: each request is handled once, in the order in which they were sent, unless it was
 * taken back, and its answer goes to whoever asked.
 */

/* What the handler does with a request, which its number says. */
typedef enum
{
  ANSWERS,
  HANDS_OVER, /* its promise to whoever comes along */
  FAILS,
  DROPS,   /* its promise */
  FORGETS, /* to take it */
  REFUSES,
  N_KINDS,
} Kind;

/* A request, and who asks it. */
typedef struct
{
  Party     *party;
  gint64     number;
  guint      i_put;   /* where in the history it is sent */
  TaRequest *request; /* NULL where the client has it */
  gboolean   may_stop;
} Ask;

/* A promise that somebody is to return. */
typedef struct
{
  TaPromise *promise;
  gint64     number;
} Debt;

/* There is one round at a time. */
static TaServer *server; /* const, as are the clients */
static TaClient *clients[N_RUNNERS];
static GSource  *source; /* the coordinator's: what has requests handled, or NULL */
static gboolean  is_processing;
static guint64   async_begun;

static GMutex debt_mutex;
static GQueue debts = G_QUEUE_INIT; /* debt_mutex */

static gint64
get_answer (gint64 number)
{
  return 3 * number + 1;
}

/* Gives an answer that was put off. */
static gboolean
answer_one (void)
{
  Debt *debt;

  g_mutex_lock (&debt_mutex);
  debt = g_queue_pop_head (&debts);
  g_mutex_unlock (&debt_mutex);

  if (debt == NULL)
    return FALSE;

  ta_promise_return_int (debt->promise, get_answer (debt->number));
  ta_promise_unref (debt->promise);
  g_free (debt);

  return TRUE;
}

static void
put_off (TaPromise *promise, gint64 number)
{
  Debt *debt = g_new (Debt, 1);

  *debt = (Debt){ ta_promise_ref (promise), number };
  g_mutex_lock (&debt_mutex);
  g_queue_push_tail (&debts, debt);
  g_mutex_unlock (&debt_mutex);
}

static gboolean
handle_cb (TaServer *unused, TaRequest *request, gpointer data)
{
  Round                *round = data;
  Op                   *op = history_begin (round->history, OP_GET, MAX_PARTIES, 0);
  g_autoptr (TaPromise) promise = NULL;
  GValue                arg = G_VALUE_INIT;
  gint64                number;
  GError               *error = NULL;
  Kind                  kind;

  if (!ta_request_get_arg (request, 0, &arg, &error) || !ta_value_take_int (&arg, &number, &error))
    round_fail (round, "a request without its argument: %s", error->message);
  op->value = number;
  history_end (op, RESULT_OK);

  kind = (Kind) (number % N_KINDS);
  if (kind == FORGETS || kind == REFUSES)
    return kind == FORGETS;

  promise = ta_request_take_promise (request);
  if (kind == ANSWERS)
    ta_promise_return_int (promise, get_answer (number));
  else if (kind == FAILS)
    ta_promise_return_failed (promise, "as it should");
  else if (kind == HANDS_OVER)
    put_off (promise, number);

  return TRUE;
}

static void
server_begin (Round *self)
{
  static const guint sizes[] = { 1, 2, 10 };

  server = g_object_new (TA_TYPE_SERVER, "name", "the server", "queue-size",
                         sizes[g_rand_int_range (self->rand, 0, (int) G_N_ELEMENTS (sizes))], NULL);
  self->object = G_OBJECT (server);
  g_signal_connect (server, "handle-request", G_CALLBACK (handle_cb), self);
  for (guint i = 0; i < N_RUNNERS; i++)
    {
      g_autoptr (TaRunner) runner = stress_ref_runner (i);

      clients[i] = ta_client_new (server, runner);
    }
  if (g_rand_boolean (self->rand))
    self->stopped = NULL;
  if (g_rand_int_range (self->rand, 0, 4) == 0)
    {
      source = ta_server_create_source (server);
      g_source_attach (source, NULL);
    }
}

static Ask *
ask_new (Party *party, TaClient *client)
{
  Ask                 *self = g_new0 (Ask, 1);
  g_autoptr (TaRunner) runner = ta_client_get_runner (client);
  TaRunner            *stopped = party->round->stopped;

  self->party = party;
  self->number = party_new_value (party->round);
  self->may_stop = stopped != NULL && (runner == stopped || party->runner == stopped);
  self->i_put = party->history->len;
  party_begin (party, OP_PUT, self->number);
  party->work = self;

  return self;
}

/* What is known about whether the server may, or must, have handled it. */
static void
ask_free (Ask *self, OpResult result)
{
  g_array_index (self->party->history, Op, self->i_put).result = result;
  self->party->work = NULL;
  g_clear_object (&self->request);
  g_free (self);
}

/* Whether it was answered, with what it should be. */
static gboolean
ask_is_answered (Ask *self, GValue *value, const GError *error)
{
  const Kind kind = (Kind) (self->number % N_KINDS);
  gint64     answer = 0;
  GError    *value_error = NULL;

  if (error == NULL)
    {
      if (!ta_value_take_int (value, &answer, &value_error))
        round_fail (self->party->round, "not an answer: %s", value_error->message);
      if (kind > HANDS_OVER || answer != get_answer (self->number))
        round_fail (self->party->round, "request %" G_GINT64_FORMAT " got %" G_GINT64_FORMAT,
                    self->number, answer);
      return TRUE;
    }

  return (kind == FAILS && g_error_matches (error, TA_ERROR, TA_ERROR_FAILED)) ||
         (kind == REFUSES && g_error_matches (error, TA_ERROR, TA_ERROR_UNHANDLED)) ||
         ((kind == DROPS || kind == FORGETS) &&
          g_error_matches (error, TA_ERROR, TA_ERROR_DROPPED));
}

/* Lets go of a request that nobody waits for any more. */
static void
ask_let_go (Ask *self)
{
  OpResult result = self->may_stop ? RESULT_UNKNOWN : RESULT_OK;

  if (party_random (self->party, 2) == 0 && ta_request_withdraw (self->request))
    result = RESULT_CANCELLED;
  ask_free (self, result);
}

/* Takes note of what a wait came to (@value and @error transfer full). */
static void
ask_note (Ask *self, gboolean succeeded, GValue *value, GError *error)
{
  Party *party = self->party;

  if (succeeded != (error == NULL))
    round_fail (party->round, "a wait failed without an error");

  if (ask_is_answered (self, value, error))
    {
      party_end (party, RESULT_OK);
      ask_free (self, RESULT_OK);
      g_clear_error (&error);
    }
  else if (self->may_stop && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (party->runner != NULL && party->runner == party->round->stopped)
        party->n_ops = 0;
      party_end (party, RESULT_CANCELLED);
      ask_free (self, RESULT_UNKNOWN);
      g_error_free (error);
    }
  else
    {
      party_end_with_error (party, error);
      if (self->request == NULL)
        ask_free (self, RESULT_UNKNOWN);
    }

  if (G_IS_VALUE (value))
    g_value_unset (value);
}

static void
executed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Party   *party = data;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded = ta_client_execute_finish (TA_CLIENT (object), result, &value, &error);

  ask_note (party->work, succeeded, &value, error);
  party_go_on (party);
}

static void
waited_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Party   *party = data;
  GValue   value = G_VALUE_INIT;
  GError  *error = NULL;
  gboolean succeeded = ta_future_wait_finish (TA_FUTURE (object), result, &value, &error);

  ask_note (party->work, succeeded, &value, error);
  party_go_on (party);
}

static gboolean
ask_wait (Ask *self)
{
  Party    *party = self->party;
  TaFuture *future = TA_FUTURE (self->request);
  GValue    value = G_VALUE_INIT;
  GError   *error = NULL;
  gboolean  succeeded;

  party_choose (party);
  party_begin (party, OP_READ, self->number);
  party_waits (party, OP_READ);
  if (party->runner != NULL)
    {
      ta_future_wait_async (future, party->timeout_us, party->cancellable, waited_cb, party);
      return FALSE;
    }

  succeeded = ta_future_wait (future, &value, party->timeout_us, party->cancellable, &error);
  ask_note (self, succeeded, &value, error);

  return TRUE;
}

static gboolean
server_act (Party *self)
{
  TaClient *client = clients[party_random (self, N_RUNNERS)];
  GValue    value = G_VALUE_INIT;
  GError   *error = NULL;
  gboolean  succeeded;
  Ask      *ask = self->work;

  if (party_random (self, 3) == 0)
    answer_one ();

  if (ask != NULL)
    {
      if (self->n_ops > 0 && party_random (self, 2) == 0)
        return ask_wait (ask);
      ask_let_go (ask);
      return TRUE;
    }

  for (guint i = 0; i < N_RUNNERS; i++)
    {
      g_autoptr (TaRunner) runner = ta_client_get_runner (clients[i]);

      if (self->runner != NULL && self->runner == runner)
        client = clients[i];
    }

  if (party_random (self, 3) != 0)
    {
      ask = ask_new (self, client);
      ask->request = ta_client_execute (client, "ask", TA_VALUE_INT (ask->number), 1, NULL);
      party_end (self, RESULT_UNKNOWN);
      /* Whoever asks looks what becomes of it. */
      self->n_ops++;
      return ask_wait (ask);
    }

  party_choose (self);
  ask = ask_new (self, client);
  party_waits (self, OP_PUT);
  if (self->runner != NULL)
    {
      ta_client_execute_async (client, "ask", TA_VALUE_INT (ask->number), 1, NULL, self->timeout_us,
                               self->cancellable, executed_cb, self);
      return FALSE;
    }
  succeeded = ta_client_execute_wait (client, "ask", TA_VALUE_INT (ask->number), 1, NULL, &value,
                                      self->timeout_us, self->cancellable, &error);
  ask_note (ask, succeeded, &value, error);

  return TRUE;
}

static void
server_forget (Party *self)
{
  if (self->work != NULL)
    ask_free (self->work, RESULT_UNKNOWN);
}

/* Takes note that the server found nothing that it could have handled. */
static void
note_processed (Round *self, guint64 begun, gboolean is_handled, GError *error)
{
  Op op = { .kind = OP_GET, .result = RESULT_WOULD_BLOCK, .party = MAX_PARTIES, .begun = begun };

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    round_fail (self, "the server could not process: %s", error->message);

  if (!is_handled && error == NULL)
    {
      op.ended = history_stamp ();
      g_array_append_val (self->history, op);
    }
  g_clear_error (&error);
}

static void
processed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  GError  *error = NULL;
  gboolean is_handled = ta_server_process_finish (TA_SERVER (object), result, &error);

  is_processing = FALSE;
  note_processed (data, async_begun, is_handled, error);
}

static gboolean
process (Round *self)
{
  static const gint64 times[] = { 0, 300, STRESS_PATIENCE_US };
  const gint64        time_us = times[g_rand_int_range (self->rand, 0, (int) G_N_ELEMENTS (times))];
  const guint64       begun = history_stamp ();
  GError             *error = NULL;
  gboolean            is_handled;

  if (g_rand_boolean (self->rand))
    is_handled = ta_server_process (server, time_us, NULL, &error);
  else
    is_handled = ta_server_process_all (server, MIN (time_us, 300), NULL, &error) > 0;
  note_processed (self, begun, is_handled, g_steal_pointer (&error));

  return is_handled;
}

static void
server_assist (Round *self)
{
  if (g_rand_boolean (self->rand))
    answer_one ();

  /* The source is dispatched by the coordinator's loop, and an asynchronous call goes on there. */
  if (source != NULL || is_processing)
    return;

  if (g_rand_int_range (self->rand, 0, 3) != 0)
    {
      process (self);
    }
  else
    {
      is_processing = TRUE;
      async_begun = history_stamp ();
      ta_server_process_async (server, STRESS_PATIENCE_US, NULL, processed_cb, self);
    }
}

/* Nothing was there, and yet somebody had asked before: who was handled later? */
static void
check_none_missed (Round *self, const GArray *all)
{
  g_autoptr (GHashTable) gets = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < all->len; i++)
    {
      Op *op = &g_array_index (all, Op, i);

      if (op->kind == OP_GET && op->result == RESULT_OK)
        g_hash_table_insert (gets, &op->value, op);
    }

  for (guint i = 0; i < all->len; i++)
    {
      const Op *put = &g_array_index (all, Op, i);
      const Op *get = put->kind == OP_PUT ? g_hash_table_lookup (gets, &put->value) : NULL;

      for (guint j = 0; get != NULL && j < all->len; j++)
        {
          const Op *nothing = &g_array_index (all, Op, j);

          if (nothing->kind == OP_GET && nothing->result == RESULT_WOULD_BLOCK &&
              nothing->begun > put->ended && nothing->ended < get->begun)
            round_fail (self, "the server did not see request %" G_GINT64_FORMAT, put->value);
        }
    }
}

static void
server_check (Round *self)
{
  const gint64       end = g_get_monotonic_time () + STRESS_PATIENCE_US;
  g_autoptr (GArray) all = NULL;
  g_autofree char   *fault = NULL;

  while (is_processing || ta_server_get_n_pending (server) > 0)
    {
      if (g_get_monotonic_time () > end)
        round_fail (self, "the server does not come to its end");
      if (!is_processing)
        process (self);
      test_turn_all (NULL);
    }
  while (answer_one ())
    ;

  all = round_collect (self);
  fault = history_find_queue_fault (all, TRUE);
  if (fault != NULL)
    round_fail (self, "%s", fault);
  check_none_missed (self, all);

  if (source != NULL)
    g_source_destroy (source);
  g_clear_pointer (&source, g_source_unref);
  for (guint i = 0; i < N_RUNNERS; i++)
    g_clear_object (&clients[i]);
}

const Scenario server_requests = { .path = "/stress/server/requests",
                                   .max_parties = MAX_PARTIES,
                                   .max_ops = 200,
                                   .stops_runner = TRUE,
                                   .begin = server_begin,
                                   .act = server_act,
                                   .assist = server_assist,
                                   .check = server_check,
                                   .forget = server_forget };
