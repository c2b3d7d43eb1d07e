/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Results as they come, in a list that a view shows: from a queue, and the tasks of a runner. */

#include "gtk-util.h"

#define N_THREADS 2
#define BATCH 100

static void fill (GListStore *store, TaQueue *queue);

/* Takes what is there, but not more than a batch: the loop has other things to do, too. */
static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TaQueue               *queue = TA_QUEUE (source);
  g_autoptr (GListStore) store = user_data;
  g_autoptr (GPtrArray)  batch = g_ptr_array_new_with_free_func (g_object_unref);
  GValue                 value = G_VALUE_INIT;
  gboolean               found = ta_queue_get_finish (queue, result, &value, NULL);

  /* It is closed, and empty. */
  if (!found)
    return;

  while (found)
    {
      g_ptr_array_add (batch, g_value_dup_object (&value));
      g_value_unset (&value);
      found = batch->len < BATCH && ta_queue_try_get (queue, &value, NULL);
    }

  g_list_store_splice (store, g_list_model_get_n_items (G_LIST_MODEL (store)), 0, batch->pdata,
                       batch->len);
  fill (store, queue);
}

static void
fill (GListStore *store, TaQueue *queue)
{
  ta_queue_get_async (queue, TA_TIMEOUT_INFINITE, NULL, got_cb, g_object_ref (store));
}

typedef struct
{
  TaQueue *queue;
  guint    n_items;
  int      n_running; /* atomic */
} Results;

static gpointer
produce_thread (gpointer data)
{
  Results *self = data;

  for (guint i = 0; i < self->n_items; i++)
    {
      g_autofree char            *text = g_strdup_printf ("%u", i);
      g_autoptr (GtkStringObject) item = gtk_string_object_new (text);
      g_auto (GValue)             value = G_VALUE_INIT;

      g_value_init (&value, GTK_TYPE_STRING_OBJECT);
      g_value_set_object (&value, item);
      g_assert_true (ta_queue_put_wait (self->queue, &value, TEST_DEADLINE_US, NULL, NULL));
    }
  if (g_atomic_int_dec_and_test (&self->n_running))
    ta_queue_close (self->queue);

  return NULL;
}

typedef struct
{
  TestWitness witness;
  guint       largest;
} Changes;

static void
items_changed_cb (GListModel *model, guint position, guint n_removed, guint n_added, gpointer data)
{
  Changes *self = data;

  test_witness_see (&self->witness);
  g_assert_cmpuint (n_removed, ==, 0);
  self->largest = MAX (self->largest, n_added);
}

static GtkWidget *
create_view (GListModel *model, GtkSignalListItemFactory *factory)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (model)));

  return gtk_list_view_new (selection, GTK_LIST_ITEM_FACTORY (factory));
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gtk_label_new (NULL));
}

static void
bind_string_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static void
bind_task_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_object_bind_property (gtk_list_item_get_item (item), "status", gtk_list_item_get_child (item),
                          "label", G_BINDING_SYNC_CREATE);
}

static GtkWindow *
open_view (GListModel *model, GCallback bind_cb)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget          *scroller = gtk_scrolled_window_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", bind_cb, NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller),
                                 create_view (model, GTK_SIGNAL_LIST_ITEM_FACTORY (factory)));

  return gtk_util_window_new (scroller);
}

/* Two threads, and a bounded queue: every item arrives, in batches of a bounded size. */
static void
test_queue (void)
{
  g_autoptr (GListStore) store = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  GtkWindow             *window = open_view (G_LIST_MODEL (store), G_CALLBACK (bind_string_cb));
  Results                results = { ta_queue_new (1000), test_repeats (5000), N_THREADS };
  Changes                changes = { .largest = 0 };
  GThread               *threads[N_THREADS];
  guint64                sum = 0;

  test_witness_init (&changes.witness, NULL);
  g_signal_connect (store, "items-changed", G_CALLBACK (items_changed_cb), &changes);
  fill (store, results.queue);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("results", produce_thread, &results);
  TEST_TURN_UNTIL (NULL,
                   g_list_model_get_n_items (G_LIST_MODEL (store)) == N_THREADS * results.n_items);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (changes.largest, <=, BATCH);

  for (guint i = 0; i < N_THREADS * results.n_items; i++)
    {
      g_autoptr (GtkStringObject) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      sum += g_ascii_strtoull (gtk_string_object_get_string (item), NULL, 10);
    }
  g_assert_cmpuint (sum, ==, (guint64) N_THREADS * results.n_items * (results.n_items - 1) / 2);

  gtk_util_window_free (window);
  g_object_unref (results.queue);
}

/* The tasks of a runner in a list view: each shows itself until it is done. */
static void
test_tasks (void)
{
  GtkUtilTask            work;
  g_autoptr (GListModel) tasks = NULL;
  GtkWindow             *window;

  gtk_util_task_init (&work);
  tasks = ta_runner_list_tasks (work.runner);
  window = open_view (tasks, G_CALLBACK (bind_task_cb));
  g_assert_cmpuint (g_list_model_get_n_items (tasks), ==, 1);
  ta_promise_set_status (work.promise, "halfway");
  test_turn_all (NULL);
  ta_promise_return_boolean (work.promise, TRUE);
  TEST_TURN_UNTIL (NULL, g_list_model_get_n_items (tasks) == 0);
  gtk_util_window_free (window);
  gtk_util_task_clear (&work);
}

int
main (int argc, char *argv[])
{
  gtk_util_init (&argc, &argv);

  test_add ("/gtk/lists/queue", test_queue);
  test_add ("/gtk/lists/tasks", test_tasks);

  return g_test_run ();
}
