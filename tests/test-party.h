/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/* What a party waits for. */
typedef enum
{
  TEST_GET,  /* an item of a TaQueue */
  TEST_PUT,  /* space in a TaQueue */
  TEST_WAIT, /* a TaEvent */
} TestJob;

/* How it waits. */
typedef enum
{
  TEST_IN_THREAD, /* blocks in a thread of its own */
  TEST_IN_MAIN,   /* is called back in the main context, which the test iterates */
  TEST_IN_WORKER, /* is called back in the context of a worker */
  TEST_N_PLACES,
} TestPlace;

/*
 * One party that waits for a queue or an event. Once test_party_begin() has returned, it stands in
 * the line, or its wait is over: so it is the test that says in which order parties come. It holds
 * no reference on what it waits for.
 */
typedef struct
{
  gpointer      object;
  TestJob       job;
  TestPlace     place;
  TestWorker   *worker;
  gint64        timeout_us;
  GCancellable *cancellable;
  GThread      *thread;
  TestWitness   witness;
  TestGate      ended; /* opened when the wait is over; what follows is safe to read then */
  gint64        number;
  gboolean      succeeded;
  GError       *error;
} TestParty;

void test_party_begin (TestParty  *self,
                       gpointer    object,
                       TestJob     job,
                       TestPlace   place,
                       TestWorker *worker,
                       gint64      number);

void test_party_begin_timed (TestParty  *self,
                             gpointer    object,
                             TestJob     job,
                             TestPlace   place,
                             TestWorker *worker,
                             gint64      number,
                             gint64      timeout_us);

gboolean test_party_has_ended (TestParty *self);
void     test_party_cancel (TestParty *self);
void     test_party_end (TestParty *self);
void     test_party_check_at (TestParty *self, gint64 number, const char *where);
void     test_party_check_error (TestParty *self, GQuark domain, int code);

/* Waits for the end of a wait that must succeed, with an item of this number, and clears @self. */
#define test_party_check(self, number) test_party_check_at ((self), (number), G_STRLOC)

/* Items that are numbers. */
void   test_queue_put_at (TaQueue *queue, gint64 number, const char *where);
gint64 test_queue_get_at (TaQueue *queue, const char *where);
void   test_queue_check_empty (TaQueue *queue);
gint64 test_take_number (GValue *value);

#define test_queue_put(queue, number) test_queue_put_at ((queue), (number), G_STRLOC)
#define test_queue_get(queue) test_queue_get_at ((queue), G_STRLOC)

G_END_DECLS
