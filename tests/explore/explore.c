/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "explore.h"

#include <errno.h>
#include <linux/futex.h>
#include <malloc.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

/*
 * Each party is a coroutine, which says before each of its steps what it is about to do. Which goes
 * on is a choice; the parties are run again and again, each time with the first choices as before
 * and the last that has an alternative left made differently, until none has.
 *
 * Two steps that do not touch the same thing, or only read it, may as well come the other way round:
 * such orders are not told apart. This is done by sleep sets (Godefroid): who could have gone on
 * instead, and has been tried, is not tried again until somebody does what its step depends on. It
 * loses nothing: every order is the same, for all that the parties see, as one of those that are run.
 * Where there are too many all the same, only those orders are run in which few parties are
 * interrupted, which are where faults are (Musuvathi and Qadeer); all of them with -m slow.
 *
 * Memory is sequentially consistent here: what a processor or a compiler reorders is for the thread
 * sanitizer to find.
 */

#define STACK_SIZE (256 * 1024)
#define MAX_STEPS 2000
#define MAX_LOCALS 4
#define LOCAL_SIZE 64
#define POISON 0xdd

typedef struct
{
  ucontext_t    start;
  jmp_buf       context; /* without a system call for the signals */
  gboolean      has_begun;
  char         *stack;
  Step          step; /* the next */
  gconstpointer address;
  const char   *what;
  gboolean      is_timed; /* of a sleep */
  gboolean      is_woken;
  guint8        locals[MAX_LOCALS][LOCAL_SIZE];
} Party;

/* A state in which there was a choice. */
typedef struct
{
  guint chosen;
  guint enabled; /* sets of parties, by their bits */
  guint asleep;
  guint done;
} Choice;

typedef struct
{
  gpointer memory;
  gsize    size;
  gboolean is_allocated;
} Grave;

static const Exploration *exploration;
static Party              parties[MAX_PARTIES];
static guint              n_parties;
static Party             *current; /* NULL outside */
static jmp_buf            outside;
static jmp_buf            given_up; /* for what is found in the end */
static GArray            *choices;  /* of Choice */
static GHashTable        *locked;
static GHashTable        *woken; /* contexts that somebody has woken */
static GArray            *graves;
static GString           *trace;
static char              *fault;
static guint              max_interrupted;

static struct
{
  gpointer variable;
  gsize    size;
} locals[MAX_LOCALS];
static guint n_locals;

guint
explore_get_party (void)
{
  return current != NULL ? (guint) (current - parties) : MAX_PARTIES;
}

void
explore_add_local (gpointer variable, gsize size)
{
  g_assert_cmpuint (n_locals, <, MAX_LOCALS);
  g_assert_cmpuint (size, <=, LOCAL_SIZE);
  locals[n_locals].variable = variable;
  locals[n_locals++].size = size;
}

static void
go_outside (void)
{
  Party *self = current;

  for (guint i = 0; i < n_locals; i++)
    {
      memcpy (self->locals[i], locals[i].variable, locals[i].size);
      memset (locals[i].variable, 0, locals[i].size);
    }
  current = NULL;
  if (_setjmp (self->context) == 0)
    _longjmp (outside, 1);
}

static void
go_on (Party *self)
{
  for (guint i = 0; i < n_locals; i++)
    memcpy (locals[i].variable, self->locals[i], locals[i].size);
  current = self;
  if (_setjmp (outside) != 0)
    return;

  if (self->has_begun)
    _longjmp (self->context, 1);
  self->has_begun = TRUE;
  setcontext (&self->start);
}

/* Gives up; what the parties have begun stays as it is. */
void
explore_fail (const char *format, ...)
{
  va_list args;

  if (fault == NULL)
    {
      va_start (args, format);
      fault = g_strdup_vprintf (format, args);
      va_end (args);
    }

  while (current != NULL)
    go_outside ();
  longjmp (given_up, 1);
}

/* What was freed is full of addresses where nothing is. */
G_GNUC_NORETURN static void
crashed_cb (int signum)
{
  explore_fail ("crashed: most likely memory was used that was freed");
}

static void
check_address (gconstpointer address)
{
  for (guint i = 0; i < graves->len; i++)
    {
      const Grave *grave = &g_array_index (graves, Grave, i);

      if ((const guint8 *) address >= (guint8 *) grave->memory &&
          (const guint8 *) address < (guint8 *) grave->memory + grave->size)
        explore_fail ("use after free: %s", current->what);
    }
}

void
explore_step (Step step, gconstpointer address, const char *what)
{
  if (current == NULL)
    return;

  current->step = step;
  current->address = address;
  current->what = what;
  go_outside ();

  /* A sleeper is woken by its address alone. */
  if (step != STEP_WAKE)
    check_address (address);
}

void
explore_bury (gpointer memory, gsize size)
{
  Grave grave = { memory, size, FALSE };

  memset (memory, POISON, size);
  g_array_append_val (graves, grave);
}

void
explore_free (gpointer memory)
{
  if (memory == NULL)
    return;

  explore_bury (memory, malloc_usable_size (memory));
  g_array_index (graves, Grave, graves->len - 1).is_allocated = TRUE;
}

/* Nobody may have written to what was freed. */
static void
open_graves (void)
{
  for (guint i = 0; i < graves->len; i++)
    {
      Grave *grave = &g_array_index (graves, Grave, i);

      for (gsize j = 0; j < grave->size; j++)
        {
          if (((guint8 *) grave->memory)[j] != POISON && fault == NULL)
            fault = g_strdup ("use after free: memory was written to");
        }
      if (grave->is_allocated)
        free (grave->memory);
    }
  g_array_set_size (graves, 0);
}

void
explore_lock (GMutex *mutex)
{
  explore_step (STEP_LOCK, mutex, "lock");
  if (!g_hash_table_add (locked, mutex))
    explore_fail ("locked twice");
}

gboolean
explore_trylock (GMutex *mutex)
{
  explore_step (STEP_WRITE, mutex, "trylock");

  return g_hash_table_contains (locked, mutex) ? FALSE : g_hash_table_add (locked, mutex);
}

void
explore_unlock (GMutex *mutex)
{
  explore_step (STEP_UNLOCK, mutex, "unlock");
  if (!g_hash_table_remove (locked, mutex))
    explore_fail ("unlocked and not locked");
}

/* FUTEX_WAIT_BITSET and FUTEX_WAKE. */
long
explore_futex (long                   number,
               int                   *address,
               int                    operation,
               int                    value,
               const struct timespec *until,
               ...)
{
  long n_woken = 0;

  if ((operation & FUTEX_CMD_MASK) == FUTEX_WAKE)
    {
      explore_step (STEP_WAKE, address, "wake");
      for (guint i = 0; i < n_parties && n_woken < value; i++)
        {
          if (parties[i].step == STEP_SLEEP && parties[i].address == address &&
              !parties[i].is_woken)
            {
              parties[i].is_woken = TRUE;
              n_woken++;
            }
        }
      return n_woken;
    }

  explore_step (STEP_READ, address, "begin to sleep");
  errno = EAGAIN;
  if (*address != value)
    return -1;

  current->is_woken = FALSE;
  current->is_timed = until != NULL;
  explore_step (STEP_SLEEP, address, "sleep");
  errno = ETIMEDOUT;

  return current->is_woken ? 0 : -1;
}

/* Whoever wakes a context that does not sleep keeps it from falling asleep. */
void
explore_wake_up (GMainContext *context)
{
  explore_step (STEP_WAKE, context, "wake up the context");
  g_hash_table_add (woken, context);
}

void
explore_sleep (GMainContext *context, gboolean is_timed)
{
  current->is_woken = FALSE;
  current->is_timed = is_timed;
  explore_step (STEP_SLEEP, context, "poll");
  g_hash_table_remove (woken, context);
}

/* As in GLib: a handler is not called twice, and disconnecting waits for one that is running. */
void
explore_cancel (Canceller *self)
{
  void (*handler) (gpointer, gpointer);
  gpointer data;

  explore_lock (&self->mutex);
  self->is_cancelled = self->is_running = TRUE;
  explore_unlock (&self->mutex);

  explore_step (STEP_READ, &self->handler, "emit cancelled");
  handler = self->handler;
  data = self->data;
  if (handler != NULL)
    handler (self, data);

  explore_lock (&self->mutex);
  self->is_running = FALSE;
  explore_unlock (&self->mutex);
}

gulong
explore_cancellable_connect (gpointer cancellable, GCallback handler, gpointer data)
{
  Canceller *self = cancellable;
  gboolean   is_cancelled;

  explore_lock (&self->mutex);
  is_cancelled = self->is_cancelled;
  if (!is_cancelled)
    {
      explore_step (STEP_WRITE, &self->handler, "connect");
      self->handler = (void (*) (gpointer, gpointer)) handler;
      self->data = data;
    }
  explore_unlock (&self->mutex);

  if (is_cancelled)
    ((void (*) (gpointer, gpointer)) handler) (self, data);

  return is_cancelled ? 0 : 1;
}

void
explore_cancellable_disconnect (gpointer cancellable, gulong id)
{
  Canceller *self = cancellable;
  gboolean   is_running;

  if (id == 0)
    return;

  do
    {
      explore_lock (&self->mutex);
      is_running = self->is_running;
      if (!is_running)
        {
          explore_step (STEP_WRITE, &self->handler, "disconnect");
          self->handler = NULL;
        }
      explore_unlock (&self->mutex);

      /* A GCond there: here it goes on when the running one is over. */
      if (is_running)
        explore_step (STEP_AWAIT, &self->mutex, "wait for the handler");
    }
  while (is_running);
}

static gboolean
is_enabled (const Party *self)
{
  switch (self->step)
    {
    case STEP_LOCK:
      return !g_hash_table_contains (locked, self->address);
    case STEP_SLEEP:
      return self->is_timed || self->is_woken || g_hash_table_contains (woken, self->address);
    case STEP_AWAIT:
      return !((const Canceller *) self->address)->is_running;
    case STEP_END:
      return FALSE;
    case STEP_START:
    case STEP_UNLOCK:
    case STEP_READ:
    case STEP_WRITE:
    case STEP_WAKE:
    default:
      return TRUE;
    }
}

/* Whether it matters which of two steps comes first. */
static gboolean
are_dependent (const Party *a, const Party *b)
{
  return a->address == b->address && a->step != STEP_START && b->step != STEP_START &&
         !(a->step == STEP_READ && b->step == STEP_READ);
}

static void
party_main (int i)
{
  exploration->parties[i]();

  current->step = STEP_END;
  for (;;)
    go_outside ();
}

static void
begin (void)
{
  for (guint i = 0; i < n_parties; i++)
    {
      Party *self = &parties[i];

      if (self->stack == NULL)
        self->stack = g_malloc (STACK_SIZE);
      getcontext (&self->start);
      self->start.uc_stack.ss_sp = self->stack;
      self->start.uc_stack.ss_size = STACK_SIZE;
      self->start.uc_link = NULL;
      makecontext (&self->start, (void (*) (void)) party_main, 1, (int) i);
      self->has_begun = FALSE;
      self->step = STEP_START;
      self->address = NULL;
      self->what = "start";
      memset (self->locals, 0, sizeof self->locals);
    }
  exploration->begin ();
}

static void
end (void)
{
  if (setjmp (given_up) == 0)
    exploration->end ();
}

/* Runs the parties once, with the choices as they are, and adds those that come after them. */
static guint
run_once (void)
{
  gboolean is_known = FALSE; /* what is left is the same as another order */
  guint    asleep = 0, depth = 0, last = MAX_PARTIES, n_interrupted = 0;

  g_string_truncate (trace, 0);
  begin ();

  for (;; depth++)
    {
      Choice   choice = { .asleep = asleep };
      gboolean is_over = TRUE;

      for (guint i = 0; i < n_parties; i++)
        {
          is_over = is_over && parties[i].step == STEP_END;
          if (is_enabled (&parties[i]))
            choice.enabled |= 1u << i;
        }
      if (is_over)
        break;
      if (choice.enabled == 0 || depth == MAX_STEPS)
        {
          fault = g_strdup (choice.enabled == 0 ? "everybody waits: a wake-up was lost"
                                                : "it does not come to an end");
          return depth;
        }

      /* Who is interrupted too often goes on, until he sleeps. */
      if (last != MAX_PARTIES && (choice.enabled >> last & 1) == 0)
        last = MAX_PARTIES;
      if (last != MAX_PARTIES && parties[last].step == STEP_SLEEP)
        last = MAX_PARTIES;
      if (last != MAX_PARTIES && max_interrupted != 0 && n_interrupted == max_interrupted)
        choice.enabled = 1u << last;

      if (depth < choices->len)
        {
          choice = g_array_index (choices, Choice, depth);
        }
      else
        {
          is_known = is_known || (choice.enabled & ~asleep) == 0;
          choice.chosen =
              (guint) __builtin_ctz (is_known ? choice.enabled : choice.enabled & ~asleep);
          if (!is_known)
            g_array_append_val (choices, choice);
        }

      n_interrupted += last != MAX_PARTIES && last != choice.chosen;
      last = choice.chosen;

      asleep = 0;
      for (guint i = 0; i < n_parties && max_interrupted == 0; i++)
        {
          if (((choice.asleep | choice.done) >> i & 1) != 0 && i != choice.chosen &&
              !are_dependent (&parties[i], &parties[choice.chosen]))
            asleep |= 1u << i;
        }

      g_string_append_printf (trace, "\n  %u: %s", choice.chosen, parties[choice.chosen].what);
      go_on (&parties[choice.chosen]);
      if (fault != NULL)
        return depth;
    }

  end ();
  open_graves ();
  if (g_hash_table_size (locked) > 0 && fault == NULL)
    fault = g_strdup ("a lock is still held");
  g_hash_table_remove_all (woken);

  return depth;
}

/* Makes the last choice that has an alternative differently; FALSE if none has. */
static gboolean
choose_anew (void)
{
  while (choices->len > 0)
    {
      Choice *last = &g_array_index (choices, Choice, choices->len - 1);
      guint   left;

      last->done |= 1u << last->chosen;
      left = last->enabled & ~last->asleep & ~last->done;
      if (left != 0)
        {
          last->chosen = (guint) __builtin_ctz (left);
          return TRUE;
        }
      g_array_set_size (choices, choices->len - 1);
    }

  return FALSE;
}

Findings
explore (const Exploration *what, gboolean is_thorough)
{
  Findings found = { 0 };
  gboolean is_left = TRUE;

  exploration = what;
  sigaction (SIGSEGV, &(struct sigaction){ .sa_handler = crashed_cb, .sa_flags = SA_NODEFER },
             NULL);
  max_interrupted = is_thorough ? 0 : what->max_interrupted;
  for (n_parties = 0; n_parties < MAX_PARTIES && what->parties[n_parties] != NULL;)
    n_parties++;
  choices = g_array_new (FALSE, FALSE, sizeof (Choice));
  graves = g_array_new (FALSE, FALSE, sizeof (Grave));
  locked = g_hash_table_new (NULL, NULL);
  woken = g_hash_table_new (NULL, NULL);
  trace = g_string_new (NULL);
  fault = NULL;

  while (is_left && fault == NULL)
    {
      guint n_steps = run_once ();

      found.n_orders++;
      found.n_steps = MAX (found.n_steps, n_steps);
      is_left = choose_anew ();
    }

  if (fault != NULL)
    {
      found.fault = g_strconcat (fault, ", in this order:", trace->str, NULL);
      g_clear_pointer (&fault, g_free);
    }
  n_locals = 0;
  g_array_unref (choices);
  g_array_unref (graves);
  g_hash_table_unref (locked);
  g_hash_table_unref (woken);
  g_string_free (trace, TRUE);

  return found;
}
