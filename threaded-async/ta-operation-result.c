/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-operation-result-private.h"
#include "ta-unknown-private.h"

/*
 * What a callback gets: a GObject that stands for an operation, and keeps it.
 *
 * To make a GObject and to free it again takes several times as long as all else that a wait does, so
 * the operation is none, and its result is made only when the callback is called. Hardly a callback
 * keeps its result: one that nobody else refers to when the callback returns, and to which nobody has
 * attached anything, serves for the next operation of that context too.
 */

struct _TaOperationResult
{
  GObject parent_instance;

  TaOperation *operation; /* owned; const while anybody else refers to this */
};

typedef struct
{
  GObjectClass parent_class;
} TaOperationResultClass;

static void ta_operation_result_iface_init (GAsyncResultIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TaOperationResult,
                               ta_operation_result,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_RESULT,
                                                      ta_operation_result_iface_init))

static void
ta_operation_result_finalize (GObject *object)
{
  TaOperationResult *self = (TaOperationResult *) object;

  g_clear_pointer (&self->operation, ta_operation_unref);

  G_OBJECT_CLASS (ta_operation_result_parent_class)->finalize (object);
}

static gpointer
ta_operation_result_get_user_data (GAsyncResult *result)
{
  return ta_operation_get_user_data (((TaOperationResult *) result)->operation);
}

static GObject *
ta_operation_result_get_source_object (GAsyncResult *result)
{
  GObject *object = ta_operation_get_source_object (((TaOperationResult *) result)->operation);

  return object != NULL ? g_object_ref (object) : NULL;
}

static gboolean
ta_operation_result_is_tagged (GAsyncResult *result, gpointer tag)
{
  return ta_operation_get_kind (((TaOperationResult *) result)->operation) == tag;
}

static void
ta_operation_result_iface_init (GAsyncResultIface *iface)
{
  iface->get_user_data = ta_operation_result_get_user_data;
  iface->get_source_object = ta_operation_result_get_source_object;
  iface->is_tagged = ta_operation_result_is_tagged;
}

static void
ta_operation_result_class_init (TaOperationResultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ta_operation_result_finalize;
}

static void
ta_operation_result_init (TaOperationResult *self)
{
}

/* Returns a result for an operation, with its reference; in the thread of the inbox. */
TaOperationResult *
ta_operation_result_begin (TaInbox *inbox, TaOperation *operation)
{
  TaOperationResult *self = ta_inbox_take_spare (inbox);

  if (self == NULL)
    self = g_object_new (ta_operation_result_get_type (), NULL);
  self->operation = operation;

  return self;
}

/* Lets go of a result when its callback has returned, and of the operation unless somebody keeps it. */
void
ta_operation_result_end (TaOperationResult *self, TaInbox *inbox)
{
  TaOperation *operation;

  if (!ta_object_is_unknown (&self->parent_instance))
    {
      g_object_unref (self);
      return;
    }

  operation = g_steal_pointer (&self->operation);
  if (!ta_inbox_give_spare (inbox, self))
    g_object_unref (self);
  /* The inbox may go with it. */
  ta_operation_unref (operation);
}

/* Returns the operation behind @result, or NULL if it is of another library. */
TaOperation *
ta_operation_result_get_operation (GAsyncResult *result)
{
  if (!G_TYPE_CHECK_INSTANCE_TYPE (result, ta_operation_result_get_type ()))
    return NULL;

  return ((TaOperationResult *) result)->operation;
}
