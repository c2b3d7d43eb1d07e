/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "history.h"

#include "../test-util.h"

G_BEGIN_DECLS

#define N_THREADS 8
#define N_RUNNERS 4
#define MAX_PARTIES 8

/* How long nothing may happen at all in a round, before it hangs. */
#define STRESS_PATIENCE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

typedef struct _Round    Round;
typedef struct _Scenario Scenario;

/* Somebody who does one thing after the other: in a thread, which blocks, or on a runner. */
typedef struct
{
  Round        *round;
  guint         id;
  TaRunner     *runner;  /* NULL for one in a thread */
  GRand        *rand;    /* from here on: its own, until it is over */
  GArray       *history; /* of Op */
  guint         n_ops;   /* how many are left */
  GCancellable *cancellable;
  gint64        timeout_us;
  gboolean      has_ref;
  gpointer      work;        /* what it waits for, in rounds of tasks and requests */
  GAsyncResult *reservation; /* or what is to be given back */
  int           waits_for;   /* atomic: 1 + OpKind of a wait without end, or 0 */
  int           is_over;     /* atomic */
} Party;

struct _Round
{
  const Scenario *scenario;
  guint32         seed;
  GRand          *rand; /* the coordinator's */
  GArray         *history;
  guint           n_parties;
  guint           n_ops;      /* of each party, at most */
  int             n_acting;   /* atomic */
  int             n_progress; /* atomic: how many operations have ended */
  gint64          next_value; /* atomic */
  TaRunner       *stopped;    /* stopped in the middle of it, or NULL */
  gboolean        has_stopped;
  Party           parties[MAX_PARTIES];

  GMutex        mutex;
  GCancellable *cancellables[MAX_PARTIES]; /* mutex: of the operations under way */

  /* The coordinator's: when it has helped somebody who waits for an item or a place. */
  int    helped_at;              /* n_progress then */
  gint64 help_again, help_pause; /* when it may help once more though nothing has ended */

  Model      start;
  GObject   *object;
  TaPromise *promise;
  gboolean   has_let_go; /* the coordinator, of the promise */
  int        n_data;     /* atomic: the data of tasks that is not freed */
};

/* What a round is about. */
struct _Scenario
{
  const char *path;
  guint       max_parties;
  guint       max_ops;
  gboolean    stops_runner;
  gboolean    gives_back;
  void (*begin) (Round *round);
  /* Does something; FALSE when it goes on with party_go_on(). */
  gboolean (*act) (Party *party);
  /* Brings about what the parties wait for, in whose place nobody may come who does. */
  void (*assist) (Round *round);
  void (*check) (Round *round);
  /* Lets go of what a party waited for whose runner has stopped. */
  void (*forget) (Party *party);
};

extern const Scenario queue_small, queue_small_stopped, queue_long, queue_stopped, event_small,
    future_small, task_rounds, server_requests;

/* The parties. */
void   party_choose (Party *self);
Op    *party_begin (Party *self, OpKind kind, gint64 value);
Op    *party_get_pending (Party *self);
void   party_end (Party *self, OpResult result);
void   party_end_with_error (Party *self, GError *error);
void   party_waits (Party *self, OpKind kind);
void   party_go_on (Party *self);
gint64 party_new_value (Round *round);
int    party_random (Party *self, int n);

/* Rounds. */
gboolean round_has_waiting (Round *self, OpKind kind);
void     round_fail (Round *self, const char *format, ...) G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;
void     round_check_linear (Round *self, ModelStep step);
GArray  *round_collect (Round *self);

TaRunner *stress_ref_runner (guint i);
void      stress_run (const Scenario *scenario);

G_END_DECLS
