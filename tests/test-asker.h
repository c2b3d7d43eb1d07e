/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/*
 * A script on a runner that asks a server the same again and again, with the numbers from 0, each time
 * when the answer to the one before has come.
 */
typedef struct
{
  /* Const. */
  TaClient   *client;
  const char *method;
  guint       n_requests;
  gint64      id; /* the second argument, for servers that want to know who asks */

  /* The loop's. */
  guint         n_asked;
  GCancellable *cancellable;

  /* Written by the loop; others look when it is at rest, or the gate is open. */
  int      n_answered; /* atomic */
  gint64   last_answer;
  GError  *error;
  TestGate ended;
} TestAsker;

TestAsker      *
test_asker_new (TaServer *server, TaRunner *runner, const char *method, guint n_requests);
void test_asker_free (TestAsker *self);
void test_asker_start (TestAsker *self);
void test_asker_start_cb (gpointer self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestAsker, test_asker_free)

/* A server on whose runner one client asks. */
typedef struct
{
  TaServer  *server;
  TaRunner  *runner;
  TestAsker *asker;
} TestServing;

void test_serving_init (TestServing *self, guint n_requests);
void test_serving_clear (TestServing *self);

/* A runner whose loop is kept in a function: see test_runner_block(). */
typedef struct
{
  TestGate blocked;
  TestGate release;
} TestBlock;

void test_block_start (TestBlock *self, TaRunner *runner);
void test_block_end (TestBlock *self);
void test_block_stop (TestBlock *self, TaRunner *runner);
void test_block_clear (TestBlock *self);

/* A handler that returns its first argument plus one, there and then. */
gboolean test_increment_cb (TaServer *server, TaRequest *request, gpointer data);

gint64 test_request_get_int (TaRequest *request, guint index);

/* Processes, and fails if that fails. */
gboolean test_server_process (TaServer *server);

G_END_DECLS
