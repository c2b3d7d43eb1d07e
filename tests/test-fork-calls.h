/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/* What test-fork.c makes in the parent, for test-fork-calls.c to use in the child. */
typedef struct
{
  TaRunner     *runner;
  TaRunner     *unstarted;
  TaRunner     *attached;
  TaServer     *server;
  TaClient     *client;
  TaRequest    *request;
  TaQueue      *queue;
  TaEvent      *event;
  TaPromise    *promise;
  TaPromise    *promises[11]; /* one for each way to return */
  TaFuture     *future;
  TaFuture     *failed;
  TaTask       *task;
  TaTask       *failed_task;
  GAsyncResult *reserved; /* a place in the queue */
  GAsyncResult *got;      /* an item of it */
  GThread      *blocked;  /* waits for an item of this, */
  TaQueue      *empty;
  int           blocked_id;  /* of the kernel's; atomic */
  GCancellable *cancellable; /* until this, as calls in the main context do */
  guint         n_calls;     /* how many, */
  guint         n_back;      /* and how many have called back */
  int           n_destroyed;
  TestGate      held;    /* the runner's thread is, */
  TestGate      release; /* until this */
} ForkThings;

void fork_fault (const char *format, ...) G_GNUC_PRINTF (1, 2);
void fork_call (const char *name);
void fork_keep_cb (GObject *source, GAsyncResult *result, gpointer kept);
void fork_use_everything (ForkThings *self);

extern const char *fork_called;

G_END_DECLS
