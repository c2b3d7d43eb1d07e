/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What can go through a queue: values of every type, and values that call back (promise 6).
 */

#include "test-party.h"

/* The ways through a queue: three to put, and three to get. */
#define WAYS 9

static GValue
pass (TaQueue *queue, const GValue *value, guint way)
{
  g_autoptr (GError) error = NULL;
  GValue             out = G_VALUE_INIT;
  TestResult         put;
  TestResult         get;

  test_result_init (&put, NULL);
  test_result_init (&get, NULL);

  /* Handed to who waits, or taken from the queue. */
  if (way / 3 == 2)
    TEST_OUTSIDE (&get, ta_queue_get_async (queue, TEST_LONG_US, NULL, test_result_cb, &get));

  switch (way % 3)
    {
    case 0:
      ta_queue_try_put (queue, value, &error);
      break;
    case 1:
      ta_queue_put_wait (queue, value, TA_TIMEOUT_INFINITE, NULL, &error);
      break;
    default:
      TEST_OUTSIDE (&put,
                    ta_queue_put_async (queue, value, TEST_LONG_US, NULL, test_result_cb, &put));
      TEST_TURN_UNTIL (NULL, put.calls == 1);
      ta_queue_put_finish (queue, put.result, &error);
    }
  g_assert_no_error (error);

  switch (way / 3)
    {
    case 0:
      ta_queue_try_get (queue, &out, &error);
      break;
    case 1:
      ta_queue_get_wait (queue, &out, TA_TIMEOUT_INFINITE, NULL, &error);
      break;
    default:
      TEST_TURN_UNTIL (NULL, get.calls == 1);
      ta_queue_get_finish (queue, get.result, &out, &error);
    }
  g_assert_no_error (error);

  test_result_clear (&put);
  test_result_clear (&get);
  test_queue_check_empty (queue);

  return out;
}

/* A fundamental type of our own, whose values are counted. */
static int n_counted;

static void
counted_init (GValue *value)
{
  value->data[0].v_int = 0;
  n_counted++;
}

static void
counted_copy (const GValue *from, GValue *to)
{
  to->data[0].v_int = from->data[0].v_int;
  n_counted++;
}

static void
counted_free (GValue *value)
{
  n_counted--;
}

static GType
counted_get_type (void)
{
  static GType                      type;
  static const GTypeValueTable      table = { .value_init = counted_init,
                                              .value_free = counted_free,
                                              .value_copy = counted_copy };
  static const GTypeFundamentalInfo fundamental = { 0 };
  static const GTypeInfo            info = { .value_table = &table };

  if (type == 0)
    type = g_type_register_fundamental (g_type_fundamental_next (), "TestCounted", &info,
                                        &fundamental, 0);

  return type;
}

/* What is the same about the contents of a value and of its copy. */
typedef enum
{
  EQUAL_BITS,
  SAME_POINTER,
  EQUAL_STRINGS,
} Sameness;

typedef struct
{
  GValue   value;
  Sameness sameness;
} Sample;

static GValue *
add_sample (GArray *samples, GType type, Sameness sameness)
{
  Sample sample = { G_VALUE_INIT, sameness };

  g_array_append_val (samples, sample);

  return g_value_init (&g_array_index (samples, Sample, samples->len - 1).value, type);
}

static void
clear_sample (gpointer sample)
{
  g_value_unset (&((Sample *) sample)->value);
}

static GArray *
make_samples (void)
{
  static const char *const strings[] = { "a", "b", NULL };
  GArray                  *samples = g_array_new (FALSE, TRUE, sizeof (Sample));

  g_array_set_clear_func (samples, clear_sample);
  g_value_set_schar (add_sample (samples, G_TYPE_CHAR, EQUAL_BITS), -128);
  g_value_set_uchar (add_sample (samples, G_TYPE_UCHAR, EQUAL_BITS), 255);
  g_value_set_boolean (add_sample (samples, G_TYPE_BOOLEAN, EQUAL_BITS), TRUE);
  g_value_set_int (add_sample (samples, G_TYPE_INT, EQUAL_BITS), G_MININT);
  g_value_set_uint (add_sample (samples, G_TYPE_UINT, EQUAL_BITS), G_MAXUINT);
  g_value_set_long (add_sample (samples, G_TYPE_LONG, EQUAL_BITS), G_MINLONG);
  g_value_set_ulong (add_sample (samples, G_TYPE_ULONG, EQUAL_BITS), G_MAXULONG);
  g_value_set_int64 (add_sample (samples, G_TYPE_INT64, EQUAL_BITS), G_MININT64);
  g_value_set_uint64 (add_sample (samples, G_TYPE_UINT64, EQUAL_BITS), G_MAXUINT64);
  g_value_set_float (add_sample (samples, G_TYPE_FLOAT, EQUAL_BITS), -0.1f);
  g_value_set_double (add_sample (samples, G_TYPE_DOUBLE, EQUAL_BITS), -0.1);
  g_value_set_enum (add_sample (samples, TA_TYPE_SHUTDOWN_TYPE, EQUAL_BITS),
                    TA_SHUTDOWN_TYPE_STOPPED);
  g_value_set_flags (add_sample (samples, G_TYPE_BINDING_FLAGS, EQUAL_BITS),
                     G_BINDING_BIDIRECTIONAL);
  g_value_set_gtype (add_sample (samples, G_TYPE_GTYPE, EQUAL_BITS), TA_TYPE_QUEUE);
  g_value_set_pointer (add_sample (samples, G_TYPE_POINTER, EQUAL_BITS), samples);
  add_sample (samples, G_TYPE_POINTER, EQUAL_BITS);
  g_value_set_string (add_sample (samples, G_TYPE_STRING, EQUAL_STRINGS), "with ☂ and \n");
  g_value_set_string (add_sample (samples, G_TYPE_STRING, EQUAL_STRINGS), "");
  g_value_set_static_string (add_sample (samples, G_TYPE_STRING, EQUAL_STRINGS), "static");
  g_value_set_interned_string (add_sample (samples, G_TYPE_STRING, SAME_POINTER),
                               g_intern_static_string ("interned"));
  add_sample (samples, G_TYPE_STRING, SAME_POINTER);
  g_value_take_boxed (add_sample (samples, G_TYPE_BYTES, SAME_POINTER), g_bytes_new ("abc", 3));
  add_sample (samples, G_TYPE_BYTES, SAME_POINTER);
  g_value_set_static_boxed (add_sample (samples, G_TYPE_STRV, EQUAL_STRINGS), strings);
  g_value_take_param (
      add_sample (samples, G_TYPE_PARAM_INT, SAME_POINTER),
      g_param_spec_ref_sink (g_param_spec_int ("int", NULL, NULL, 0, 1, 0, G_PARAM_READABLE)));
  g_value_take_object (add_sample (samples, G_TYPE_OBJECT, SAME_POINTER),
                       g_object_new (G_TYPE_OBJECT, NULL));
  g_value_take_object (add_sample (samples, TA_TYPE_QUEUE, SAME_POINTER), ta_queue_new (1));
  add_sample (samples, TA_TYPE_QUEUE, SAME_POINTER);
  g_value_take_object (add_sample (samples, G_TYPE_FILE, SAME_POINTER), g_file_new_for_path ("/"));
  g_value_take_variant (add_sample (samples, G_TYPE_VARIANT, SAME_POINTER),
                        g_variant_ref_sink (g_variant_new ("(si)", "five", 5)));
  add_sample (samples, G_TYPE_VARIANT, SAME_POINTER);
  add_sample (samples, counted_get_type (), EQUAL_BITS)->data[0].v_int = 7;

  return samples;
}

static void
check_same (const GValue *in, const GValue *out, Sameness sameness)
{
  g_autofree char *in_contents = NULL;
  g_autofree char *out_contents = NULL;

  g_assert_cmpstr (G_VALUE_TYPE_NAME (out), ==, G_VALUE_TYPE_NAME (in));
  switch (sameness)
    {
    case EQUAL_BITS:
      g_assert_true (in->data[0].v_uint64 == out->data[0].v_uint64);
      break;
    case SAME_POINTER:
      g_assert_true (g_value_peek_pointer (in) == g_value_peek_pointer (out));
      break;
    case EQUAL_STRINGS:
    default:
      in_contents = g_strdup_value_contents (in);
      out_contents = g_strdup_value_contents (out);
      g_assert_cmpstr (in_contents, ==, out_contents);
      g_assert_true (g_value_peek_pointer (in) != g_value_peek_pointer (out));
    }
}

static void
test_every_type (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  GArray             *samples = make_samples ();

  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i);

      for (guint way = 0; way < WAYS; way++)
        {
          GValue out = pass (queue, &sample->value, way);

          check_same (&sample->value, &out, sample->sameness);
          g_value_unset (&out);
        }

      /* The one reference is left that it came with. */
      if (G_VALUE_HOLDS_OBJECT (&sample->value) && g_value_get_object (&sample->value) != NULL)
        g_assert_cmpuint (G_OBJECT (g_value_get_object (&sample->value))->ref_count, ==, 1);
    }

  /* There is none that was forgotten. */
  for (guint i = 3; i < (guint) (g_type_fundamental_next () >> G_TYPE_FUNDAMENTAL_SHIFT); i++)
    {
      gboolean is_there = FALSE;

      for (guint j = 0; j < samples->len; j++)
        is_there |= G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (&g_array_index (samples, Sample, j).value)) ==
                    G_TYPE_MAKE_FUNDAMENTAL (i);
      if (!is_there && G_TYPE_IS_VALUE_TYPE (G_TYPE_MAKE_FUNDAMENTAL (i)))
        g_error ("There is no value of type %s", g_type_name (G_TYPE_MAKE_FUNDAMENTAL (i)));
    }

  g_array_unref (samples);
  g_assert_cmpint (n_counted, ==, 0);
}

/* No value at all stands for a NULL pointer. */
static void
test_null (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (1);
  g_autoptr (TaQueue) pointers = g_object_new (TA_TYPE_QUEUE, "item-type", G_TYPE_POINTER, NULL);

  for (guint way = 0; way < WAYS; way++)
    {
      GValue out = pass (queue, NULL, way);

      test_assert_null_pointer (&out);
      out = pass (pointers, NULL, way);
      test_assert_null_pointer (&out);
    }
}

/* Each is one readable line. */
static void
test_one_line (void)
{
  g_autoptr (TaQueue) queue = ta_queue_new (0);
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) got_object = NULL;
  g_autoptr (GError)  error = NULL;
  g_autofree char    *string = NULL;
  GValue              value = G_VALUE_INIT;
  gint64              number = 0;
  double              real = 0;
  gboolean            boolean = FALSE;

  ta_queue_try_put (queue, TA_VALUE_INT (G_MAXINT64), NULL);
  ta_queue_try_put (queue, TA_VALUE_STRING ("five"), NULL);
  ta_queue_try_put (queue, TA_VALUE_DOUBLE (5.5), NULL);
  ta_queue_try_put (queue, TA_VALUE_BOOLEAN (TRUE), NULL);
  ta_queue_try_put (queue, TA_VALUE_OBJECT (object), NULL);
  ta_queue_try_put (queue, TA_VALUE_STRING ("no number"), NULL);

  g_assert_true (ta_queue_try_get (queue, &value, &error) &&
                 ta_value_take_int (&value, &number, &error));
  g_assert_cmpint (number, ==, G_MAXINT64);
  g_assert_true (ta_queue_try_get (queue, &value, &error) &&
                 ta_value_take_string (&value, &string, &error));
  g_assert_cmpstr (string, ==, "five");
  g_assert_true (ta_queue_try_get (queue, &value, &error) &&
                 ta_value_take_double (&value, &real, &error));
  g_assert_cmpfloat (real, ==, 5.5);
  g_assert_true (ta_queue_try_get (queue, &value, &error) &&
                 ta_value_take_boolean (&value, &boolean, &error));
  g_assert_true (boolean);
  g_assert_cmpuint (object->ref_count, ==, 2);
  g_assert_true (ta_queue_try_get (queue, &value, &error) &&
                 ta_value_take_object (&value, G_TYPE_OBJECT, (gpointer *) &got_object, &error));
  g_assert_true (got_object == object);
  g_assert_cmpuint (object->ref_count, ==, 2);
  g_assert_no_error (error);

  g_assert_false (ta_queue_try_get (queue, &value, &error) &&
                  ta_value_take_int (&value, &number, &error));
  g_assert_error (error, TA_ERROR, TA_ERROR_WRONG_TYPE);
  g_clear_error (&error);
  g_assert_false (ta_queue_try_get (queue, &value, &error) &&
                  ta_value_take_int (&value, &number, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/* To put is to copy, to get is to move; what did not go in or did not come out is freed. */
static void
test_copies (void)
{
  TaQueue  *queue = ta_queue_new (1);
  TestHooks hooks = { NULL, NULL, 0, 0, 0 };
  GValue    value = G_VALUE_INIT;
  int       copies = 0;

  test_hooked_value_init (&value, &hooks, 5);
  for (guint way = 0; way < WAYS; way++)
    {
      GValue out = pass (queue, &value, way);

      g_assert_cmpint (test_hooked_value_get_number (&out), ==, 5);
      g_assert_cmpint (hooks.copies, ==, ++copies);
      g_assert_cmpint (hooks.live, ==, 2);
      g_value_unset (&out);
      g_assert_cmpint (hooks.live, ==, 1);
    }

  /* Refused, and forgotten by who got it. */
  g_assert_true (ta_queue_try_put (queue, &value, NULL));
  g_assert_false (ta_queue_try_put (queue, &value, NULL));
  g_assert_false (ta_queue_put_wait (queue, &value, 0, NULL, NULL));
  g_assert_false (ta_queue_put_wait (queue, &value, 1000, NULL, NULL));
  ta_queue_put_async (queue, &value, 0, NULL, NULL, NULL);
  test_turn_all (NULL);
  g_assert_cmpint (hooks.live, ==, 2);
  ta_queue_put_async (queue, &value, TEST_LONG_US, NULL, NULL, NULL);
  g_assert_true (ta_queue_try_get (queue, NULL, NULL));
  test_turn_all (NULL);
  g_assert_cmpint (hooks.live, ==, 2);
  g_assert_true (ta_queue_get_wait (queue, NULL, 0, NULL, NULL));
  g_assert_cmpint (hooks.live, ==, 1);
  ta_queue_close (queue);
  g_assert_false (ta_queue_try_put (queue, &value, NULL));
  g_assert_cmpint (hooks.live, ==, 1);
  g_object_unref (queue);

  /* Left over. */
  queue = ta_queue_new (0);
  for (guint i = 0; i < 200; i++)
    g_assert_true (ta_queue_try_put (queue, &value, NULL));
  g_assert_cmpint (hooks.live, ==, 201);
  g_object_unref (queue);
  g_value_unset (&value);
  g_assert_cmpint (hooks.live, ==, 0);
}

/* What values do with their own queue while they are copied and freed. */
typedef struct
{
  TaQueue *queue;
  int      calls;
} Foreign;

static void
use_queue (gpointer data)
{
  Foreign *self = data;

  g_atomic_int_inc (&self->calls);
  ta_queue_get_length (self->queue);
  ta_queue_try_put (self->queue, TA_VALUE_INT (1), NULL);
  ta_queue_put_wait (self->queue, TA_VALUE_INT (2), 0, NULL, NULL);
  ta_queue_try_get (self->queue, NULL, NULL);
  ta_queue_get_wait (self->queue, NULL, 0, NULL, NULL);
  if (g_atomic_int_get (&self->calls) % 50 == 0)
    {
      ta_queue_put_async (self->queue, TA_VALUE_INT (3), 0, NULL, NULL, NULL);
      ta_queue_get_async (self->queue, 0, NULL, NULL, NULL);
    }
}

typedef struct
{
  TaQueue      *queue;
  const GValue *value;
  guint         n;
  guint32       seed;
  gboolean      puts;
} Side;

static gpointer
side_thread (gpointer data)
{
  Side             *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seed);
  GValue            value = G_VALUE_INIT;

  for (guint i = 0; i < self->n; i++)
    {
      gint64 timeout_us = g_rand_int_range (rand, 0, 50);

      if (self->puts)
        ta_queue_put_wait (self->queue, self->value, timeout_us, NULL, NULL);
      else
        ta_queue_get_wait (self->queue, &value, timeout_us, NULL, NULL);
    }
  if (G_IS_VALUE (&value))
    g_value_unset (&value);

  return NULL;
}

/* If a lock were held, the call would never return, and the watchdog would end the program. */
static void
test_call_back (void)
{
  TaQueue  *queue = ta_queue_new (2);
  Foreign   foreign = { queue, 0 };
  TestHooks hooks = { use_queue, &foreign, 0, 0, 0 };
  GValue    value = G_VALUE_INIT;
  GThread  *threads[4];
  Side      sides[4];

  test_hooked_value_init (&value, &hooks, 1);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      sides[i] = (Side){ queue, &value, test_repeats (1000), g_test_rand_int (), i % 2 == 0 };
      threads[i] = g_thread_new ("side", side_thread, &sides[i]);
    }
  for (guint i = 0; i < test_repeats (1000); i++)
    {
      ta_queue_put_async (queue, &value, g_test_rand_int_range (0, 50), NULL, NULL, NULL);
      ta_queue_get_async (queue, g_test_rand_int_range (0, 50), NULL, NULL, NULL);
      g_main_context_iteration (NULL, FALSE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  /* Those that still wait have not long to wait. */
  TEST_TURN_UNTIL (NULL, G_OBJECT (queue)->ref_count == 1);
  /* Each copy has called, and each free that was not inside a call. */
  g_assert_cmpint (hooks.copies, ==, 3 * test_repeats (1000));
  g_assert_cmpint (foreign.calls, >, hooks.copies);

  /* The last ones go with the queue, which is no place to use it from. */
  hooks.hook = NULL;
  g_object_unref (queue);
  g_value_unset (&value);
  g_assert_cmpint (hooks.live, ==, 0);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/queue/every-type", test_every_type);
  test_add ("/queue/null", test_null);
  test_add ("/queue/one-line", test_one_line);
  test_add ("/queue/copies", test_copies);
  test_add ("/promise-6/values-call-back", test_call_back);

  return g_test_run ();
}
