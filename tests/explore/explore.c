/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "explore-internal.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>

/*
 * Each party is a coroutine, which says before each of its steps what it is about to do. Which goes
 * on is a choice; the parties are run again and again, each time with the first choices as before
 * and the last that has an alternative left made differently, until none has.
 *
 * Two steps that do not touch the same thing, or learn and leave the same in either order as things are
 * then, may as well come the other way round: such orders are not told apart. This is done by sleep sets
 * (Godefroid): who could have gone on instead, and has been tried, is not tried again until somebody
 * does what its step depends on. It loses nothing: every order is the same, for all that the parties
 * see, as one of those that are run.
 *
 * Where there are too many all the same, only those orders are run in which few parties are interrupted,
 * which are where faults are (Musuvathi and Qadeer); all of them, or many more, with -m slow. Two parties
 * that do the same may be exchanged: the second begins after the first.
 *
 * Memory is sequentially consistent here: what a processor or a compiler reorders is for the thread
 * sanitizer to find.
 */

#define STACK_SIZE (256 * 1024)
#define MAX_STEPS 2000
#define POISON 0xdd

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
Party                     explore_parties[MAX_PARTIES];
guint                     explore_n_parties;
Party                    *explore_current; /* NULL outside */
GHashTable               *explore_locked;
GHashTable               *explore_woken;
static jmp_buf            outside;
static jmp_buf            given_up; /* for what is found in the end */
static GArray            *choices;  /* of Choice */
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
  return explore_current != NULL ? (guint) (explore_current - explore_parties) : MAX_PARTIES;
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
  Party *self = explore_current;

  for (guint i = 0; i < n_locals; i++)
    {
      memcpy (self->locals[i], locals[i].variable, locals[i].size);
      memset (locals[i].variable, 0, locals[i].size);
    }
  explore_current = NULL;
  if (_setjmp (self->context) == 0)
    _longjmp (outside, 1);
}

static void
go_on (Party *self)
{
  for (guint i = 0; i < n_locals; i++)
    memcpy (locals[i].variable, self->locals[i], locals[i].size);
  explore_current = self;
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

  while (explore_current != NULL)
    go_outside ();
  longjmp (given_up, 1);
}

/* What was freed is full of addresses where nothing is. */
G_GNUC_NORETURN static void
crashed_cb (int signum)
{
  explore_fail ("crashed: most likely memory was used that was freed");
}

gboolean
explore_is_freed (gconstpointer address)
{
  for (guint i = 0; i < graves->len; i++)
    {
      const Grave *grave = &g_array_index (graves, Grave, i);

      if ((const guint8 *) address >= (guint8 *) grave->memory &&
          (const guint8 *) address < (guint8 *) grave->memory + grave->size)
        return TRUE;
    }

  return FALSE;
}

/* Lets others go on, until it is this one's turn to do what it has said. */
void
explore_make_step (void)
{
  go_outside ();

  /* A sleeper is woken by its address alone. */
  if (explore_current->step != STEP_WAKE && explore_is_freed (explore_current->address))
    explore_fail ("use after free: %s", explore_current->what);
}

void
explore_step (Step step, gconstpointer address, const char *what)
{
  if (explore_current == NULL)
    return;

  explore_current->step = step;
  explore_current->address = address;
  explore_current->what = what;
  explore_current->operation = OPERATION_NONE;
  explore_make_step ();
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

static gboolean
is_enabled (const Party *self)
{
  switch (self->step)
    {
    case STEP_LOCK:
      return !g_hash_table_contains (explore_locked, self->address);
    case STEP_SLEEP:
      return self->is_timed || self->is_woken ||
             g_hash_table_contains (explore_woken, self->address);
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

/* Whether it matters which of two steps comes first, as things are now. */
static gboolean
are_dependent (const Party *a, const Party *b)
{
  return a->address == b->address && a->step != STEP_START && b->step != STEP_START &&
         !(a->step == STEP_READ && b->step == STEP_READ) && !explore_commute (a, b);
}

/* Whether somebody who would do the same begins before this one, whichever of them it is. */
static gboolean
is_twin (guint i)
{
  return exploration->are_alike && i > 0 && explore_parties[i].step == STEP_START &&
         explore_parties[i - 1].step == STEP_START &&
         exploration->parties[i] == exploration->parties[i - 1];
}

static void
party_main (int i)
{
  exploration->parties[i]();

  explore_current->step = STEP_END;
  for (;;)
    go_outside ();
}

static void
begin (void)
{
  for (guint i = 0; i < explore_n_parties; i++)
    {
      Party *self = &explore_parties[i];

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
      self->is_woken = FALSE;
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
  guint    asleep = 0, depth = 0, last = MAX_PARTIES, n_interrupted = 0, n_buried;

  g_string_truncate (trace, 0);
  begin ();

  for (;; depth++)
    {
      Choice   choice = { .asleep = asleep };
      gboolean is_over = TRUE;

      for (guint i = 0; i < explore_n_parties; i++)
        {
          is_over = is_over && explore_parties[i].step == STEP_END;
          if (is_enabled (&explore_parties[i]) && !is_twin (i))
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
      if (last != MAX_PARTIES && explore_parties[last].step == STEP_SLEEP)
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
      for (guint i = 0; i < explore_n_parties && max_interrupted == 0; i++)
        {
          if (((choice.asleep | choice.done) >> i & 1) != 0 && i != choice.chosen &&
              !are_dependent (&explore_parties[i], &explore_parties[choice.chosen]))
            asleep |= 1u << i;
        }

      g_string_append_printf (trace, "\n  %u: %s", choice.chosen,
                              explore_parties[choice.chosen].what);
      n_buried = graves->len;
      go_on (&explore_parties[choice.chosen]);
      if (fault != NULL)
        return depth;

      /* Who frees memory is in the way of everybody. */
      if (graves->len != n_buried)
        asleep = 0;
    }

  end ();
  open_graves ();
  if (g_hash_table_size (explore_locked) > 0 && fault == NULL)
    fault = g_strdup ("a lock is still held");
  g_hash_table_remove_all (explore_woken);

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
  max_interrupted = is_thorough ? what->max_thorough : what->max_interrupted;
  for (explore_n_parties = 0;
       explore_n_parties < MAX_PARTIES && what->parties[explore_n_parties] != NULL;)
    explore_n_parties++;
  choices = g_array_new (FALSE, FALSE, sizeof (Choice));
  graves = g_array_new (FALSE, FALSE, sizeof (Grave));
  explore_locked = g_hash_table_new (NULL, NULL);
  explore_woken = g_hash_table_new (NULL, NULL);
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
  g_hash_table_unref (explore_locked);
  g_hash_table_unref (explore_woken);
  g_string_free (trace, TRUE);

  return found;
}
