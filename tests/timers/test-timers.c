/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The timers of a context beside a model of them: an array in which one looks for the earliest. The
 * source is included, with a clock that stands still until the test sets it, so that what fires when
 * is known to the microsecond. With PLANTED_FAULT, the text of a fault that was planted in the
 * source, the one test is that the model finds it.
 */

#include "ta-inbox-private.h"

#include "../test-seed.h"

#include <stdlib.h>

static gint64 clock_now;

#define g_source_get_time(source) clock_now
#include TIMERS_SOURCE
#undef g_source_get_time

/* What the source needs of its surroundings. */
struct _TaInbox
{
  GMainContext *context;
  TaTimers      timers;
};

typedef struct
{
  GSource  source;
  TaInbox *inbox;
} TestSource;

gboolean ta_has_forked;

GSource *
ta_inbox_source_new (TaInbox *self, GSourceFuncs *funcs)
{
  GSource *source = g_source_new (funcs, sizeof (TestSource));

  ((TestSource *) source)->inbox = self;

  return source;
}

TaInbox *
ta_inbox_source_get_inbox (GSource *source)
{
  return ((TestSource *) source)->inbox;
}

void
ta_inbox_source_finalize (GSource *source)
{
}

TaTimers *
ta_inbox_get_timers (TaInbox *self)
{
  return &self->timers;
}

GMainContext *
ta_inbox_get_context (TaInbox *self)
{
  return self->context;
}

#define N_TIMERS 600
#define N_STEPS 6000

typedef struct
{
  TaTimer  timer;
  gint64   deadline;
  guint    number; /* in the order in which they were added */
  gboolean is_pending;
} Modelled;

static TaInbox     inbox;
static Modelled    modelled[N_TIMERS];
static guint       n_added, n_fired;
static GRand      *random_numbers;
static const char *fault; /* the first that was found */

#define CHECK(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(condition) && fault == NULL)                                                             \
      fault = G_STRLOC ": " #condition;                                                            \
  }                                                                                                \
  G_STMT_END

static guint
random_below (guint n)
{
  return (guint) g_rand_int_range (random_numbers, 0, (gint32) n);
}

/* Returns what is due first, the oldest of those of the same deadline. */
static Modelled *
find_first (void)
{
  Modelled *first = NULL;

  for (guint i = 0; i < N_TIMERS; i++)
    {
      Modelled *one = &modelled[i];

      if (one->is_pending && (first == NULL || one->deadline < first->deadline ||
                              (one->deadline == first->deadline && one->number < first->number)))
        first = one;
    }

  return first;
}

static gint64
choose_deadline (void)
{
  static const gint64 timeouts[] = { 0, 1, 1000, 2500, 30000, 1000000 };

  switch (random_below (8))
    {
    case 0:
      return clock_now + random_below (50000);
    case 1:
      /* The same for many. */
      return (clock_now / 1000 + 5) * 1000;
    case 2:
      /* Due already, or as far away as can be. */
      return random_below (2) == 0 ? clock_now - random_below (100)
                                   : G_MAXINT64 - 1 - random_below (2);
    default:
      /* The same timeouts again and again; with time there are more of them. */
      return clock_now +
             timeouts[random_below (1 + MIN (n_added / 1000, G_N_ELEMENTS (timeouts) - 1))];
    }
}

static void fire_cb (TaTimer *timer);

static void
add_one (void)
{
  Modelled *one = &modelled[random_below (N_TIMERS)];

  if (one->is_pending)
    return;

  ta_timer_init (&one->timer);
  one->deadline = choose_deadline ();
  one->number = n_added++;
  one->is_pending = TRUE;
  ta_timers_add (&inbox.timers, &one->timer, one->deadline, fire_cb);
}

/* Also one that is not pending, which changes nothing. */
static void
remove_one (void)
{
  Modelled *one = &modelled[random_below (N_TIMERS)];

  one->is_pending = FALSE;
  ta_timers_remove (&inbox.timers, &one->timer);
}

static void
fire_cb (TaTimer *timer)
{
  Modelled *one = TA_CONTAINER (timer, Modelled, timer);

  CHECK (one->is_pending);
  CHECK (one->deadline <= clock_now);
  CHECK (find_first () == one);
  one->is_pending = FALSE;
  n_fired++;

  /* What is done in one does not disturb the others, even if it is about those that are due. */
  if (random_below (4) == 0)
    remove_one ();
  if (random_below (4) == 0)
    add_one ();
}

/* The loop is to sleep until the first is due, rounded up to what poll() can do, and no longer. */
static void
check_timeout (void)
{
  Modelled *first = find_first ();
  int       timeout = -2;
  gboolean  is_ready = ta_timers_source_prepare (inbox.timers.source, &timeout);

  if (first == NULL)
    CHECK (!is_ready && timeout == -1);
  else if (first->deadline <= clock_now)
    CHECK (is_ready && timeout == 0);
  else
    CHECK (!is_ready && timeout == MIN ((first->deadline - clock_now + 999) / 1000, G_MAXINT));
}

static void
pass_time (void)
{
  Modelled *first = find_first ();

  /* Far ones stay. */
  if (first != NULL && first->deadline - clock_now < G_USEC_PER_SEC * 2 && random_below (2) == 0)
    clock_now = MAX (clock_now, first->deadline - random_below (2));
  else
    clock_now += random_below (3000);

  check_timeout ();
  if (ta_timers_source_check (inbox.timers.source))
    ta_timers_source_dispatch (inbox.timers.source, NULL, NULL);
  first = find_first ();
  CHECK (first == NULL || first->deadline > clock_now);
}

static void
start (guint32 seed)
{
  random_numbers = g_rand_new_with_seed (seed);
  memset (modelled, 0, sizeof modelled);
  n_added = n_fired = 0;
  clock_now = G_USEC_PER_SEC;
  inbox = (TaInbox){ .context = g_main_context_new () };
  ta_timers_init (&inbox.timers, &inbox);
}

static void
stop (void)
{
  ta_timers_shut (&inbox.timers);
  ta_timers_clear (&inbox.timers);
  g_main_context_unref (inbox.context);
  g_clear_pointer (&random_numbers, g_rand_free);
}

/* Adds, removes and fires at random; more come than go, and then more go than come. */
static void
compare_with_model (guint32 seed)
{
  start (seed);

  for (guint i = 0; i < N_STEPS && fault == NULL; i++)
    {
      guint n_of_ten = i / 500 % 2 == 0 ? 7 : 3;

      if (n_added == 0 || random_below (10) < n_of_ten)
        add_one ();
      else if (random_below (3) > 0)
        remove_one ();
      if (random_below (16) == 0)
        pass_time ();
      check_timeout ();
    }

  for (guint i = 0; i < N_TIMERS; i++)
    ta_timers_remove (&inbox.timers, &modelled[i].timer);
  memset (modelled, 0, sizeof modelled);
  check_timeout ();

  /* The test has seen what it is about. */
  CHECK (n_fired > 100 && inbox.timers.serial == n_added);
  stop ();
}

#ifndef PLANTED_FAULT

static void
test_model (void)
{
  for (guint i = 0; i < 8; i++)
    {
      guint32 seed = (guint32) g_test_rand_int ();

      compare_with_model (seed);
      if (fault != NULL)
        g_error ("with the seed %u: %s", seed, fault);
    }
}

static void
count_cb (TaTimer *timer)
{
  n_fired++;
}

/* A few timeouts that come again and again, and one that is far away, need no heap. */
static void
test_runs (void)
{
  static const gint64 timeouts[] = { 3600000000, 30000000, 1000000 };
  g_autofree TaTimer *timers = g_new0 (TaTimer, 3000);

  start (0);
  for (guint i = 0; i < 3000; i++)
    {
      clock_now++;
      ta_timers_add (&inbox.timers, &timers[i], clock_now + timeouts[i == 0 ? 0 : 1 + i % 2],
                     count_cb);
      g_assert_cmpuint (inbox.timers.length, ==, 0);
    }

  clock_now += timeouts[1];
  ta_timers_source_dispatch (inbox.timers.source, NULL, NULL);
  g_assert_cmpuint (n_fired, ==, 2999);
  ta_timers_remove (&inbox.timers, &timers[0]);
  g_assert_cmpuint (inbox.timers.n_pending, ==, 0);
  stop ();
}

/* Every deadline is earlier than all before: the heap takes them, and gives its memory back. */
static void
test_heap (void)
{
  g_autofree TaTimer *timers = g_new0 (TaTimer, 5000);

  start (0);
  for (guint i = 0; i < 5000; i++)
    ta_timers_add (&inbox.timers, &timers[i], clock_now + 5000 - i, count_cb);
  g_assert_cmpuint (inbox.timers.length, ==, 5000 - TA_TIMERS_N_RUNS);

  clock_now += 5000;
  ta_timers_source_dispatch (inbox.timers.source, NULL, NULL);
  g_assert_cmpuint (n_fired, ==, 5000);
  g_assert_cmpuint (inbox.timers.n_pending, ==, 0);
  g_assert_cmpuint (inbox.timers.capacity, <=, 64);
  stop ();
}

#endif

int
main (int argc, char *argv[])
{
#if defined(PLANTED_FAULT) && defined(PLANT_IS_GONE)
  g_print ("1..1\nnot ok 1 /timers/planted-fault: %s: %s\n", PLANTED_FAULT, PLANT_IS_GONE);

  return EXIT_FAILURE;
#elif defined(PLANTED_FAULT)
  for (guint32 seed = 0; seed < 20 && fault == NULL; seed++)
    compare_with_model (seed);
  if (fault != NULL)
    g_print ("# found that %s: %s\n", PLANTED_FAULT, fault);
  g_print ("1..1\n%s 1 /timers/planted-fault: %s\n", fault != NULL ? "ok" : "not ok",
           PLANTED_FAULT);

  return fault != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
#else
  test_init_with_seed (&argc, &argv);

  g_test_add_func ("/timers/model", test_model);
  g_test_add_func ("/timers/runs", test_runs);
  g_test_add_func ("/timers/heap", test_heap);

  return g_test_run ();
#endif
}
