/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-parker-private.h"
#include "ta-request-private.h"
#include "ta-server-private.h"

/**
 * TaServer:
 *
 * What answers the requests of code that runs in the background, when its own thread decides to.
 *
 * This turns control around: scripts in the background ask for what they need with a [class@Client],
 * as if they were in charge, and wait. The application answers one request at a time, between two
 * frames of a game for example, and nothing happens in between.
 *
 * ```c
 * g_autoptr (TaServer) server = ta_server_new ("game");
 * g_autoptr (TaClient) client = ta_client_new (server, runner);
 * g_autoptr (GError) error = NULL;
 *
 * g_signal_connect (server, "handle-request::increment", G_CALLBACK (increment_cb), NULL);
 *
 * while (ta_server_process (server, TA_TIMEOUT_DEFAULT, NULL, &error))
 *   draw_frame ();
 * ```
 *
 * [method@Server.process] first lets the loops of all runners with clients come to rest, so that the
 * next request of everyone who could have made one is there. Then it handles the first. If this is
 * answered at once, it lets the loops come to rest again, so that what the client does with the answer
 * has been done. So it does not depend on the speed of threads which request is handled when.
 *
 * Requests are handled by [signal@Server::handle-request], which is emitted in the thread that
 * processes, and only there. This thread owns the [property@Server:main-context], or can acquire it.
 *
 * [method@Server.process_all] handles what is there within a budget of time, such as that of a frame;
 * [method@Server.process_async] does not block; and a main loop can have a source,
 * [method@Server.create_source], that handles requests as they come.
 *
 * Whoever is not answered is told: a request that nobody handles fails with `TA_ERROR_UNHANDLED`, one
 * whose promise is dropped with `TA_ERROR_DROPPED`, and so do those that wait when the last reference
 * on the server goes.
 *
 * Since: 1.0
 */

typedef struct
{
  /* Const, owned. */
  TaDesk *desk;
  TaWeak *weak; /* to this */

  /* Const; they are only kept until the desk is made. */
  char         *name;
  GMainContext *main_context;
  guint         queue_size;
  guint         rest_turns;
} TaServerPrivate;

enum
{
  PROP_NAME = 1,
  PROP_MAIN_CONTEXT,
  PROP_QUEUE_SIZE,
  PROP_REST_TURNS,
  PROP_N_PENDING,
  N_PROPS,
};

enum
{
  SIGNAL_HANDLE_REQUEST,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static int n_unnamed; /* atomic: how many servers had to be named here */

G_DEFINE_TYPE_WITH_PRIVATE (TaServer, ta_server, G_TYPE_OBJECT)

static inline TaServerPrivate *
ta_server_get_private (TaServer *self)
{
  return ta_server_get_instance_private (self);
}

TaDesk *
ta_server_get_desk (TaServer *self)
{
  return ta_server_get_private (self)->desk;
}

/* Returns a weak reference to the server, which the caller may take a reference on. */
TaWeak *
ta_server_get_weak (TaServer *self)
{
  return ta_server_get_private (self)->weak;
}

static gboolean
ta_server_real_handle_request (TaServer *self, TaRequest *request)
{
  return FALSE;
}

static void
ta_server_constructed (GObject *object)
{
  TaServerPrivate *priv = ta_server_get_private (TA_SERVER (object));

  G_OBJECT_CLASS (ta_server_parent_class)->constructed (object);

  /* Messages have to tell one from the other. */
  if (priv->name == NULL)
    priv->name = g_strdup_printf ("server-%d", g_atomic_int_add (&n_unnamed, 1) + 1);

  priv->desk = ta_desk_new (priv->name, priv->queue_size, priv->rest_turns,
                            ta_inbox_ref_or_thread_default (priv->main_context));
  priv->weak = ta_weak_new (object);
}

static void
ta_server_dispose (GObject *object)
{
  ta_weak_lose (ta_server_get_weak (TA_SERVER (object)));
  ta_desk_close (ta_server_get_desk (TA_SERVER (object)));

  G_OBJECT_CLASS (ta_server_parent_class)->dispose (object);
}

static void
ta_server_finalize (GObject *object)
{
  TaServerPrivate *priv = ta_server_get_private (TA_SERVER (object));

  ta_desk_unref (priv->desk);
  ta_weak_unref (priv->weak);
  g_free (priv->name);
  g_clear_pointer (&priv->main_context, g_main_context_unref);

  G_OBJECT_CLASS (ta_server_parent_class)->finalize (object);
}

static void
ta_server_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  TaServer *self = TA_SERVER (object);

  switch (property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, ta_server_get_name (self));
      break;
    case PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, ta_server_get_main_context (self));
      break;
    case PROP_QUEUE_SIZE:
      g_value_set_uint (value, ta_server_get_queue_size (self));
      break;
    case PROP_REST_TURNS:
      g_value_set_uint (value, ta_server_get_rest_turns (self));
      break;
    case PROP_N_PENDING:
      g_value_set_uint (value, ta_server_get_n_pending (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_server_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  TaServerPrivate *priv = ta_server_get_private (TA_SERVER (object));

  switch (property_id)
    {
    case PROP_NAME:
      priv->name = g_value_dup_string (value);
      break;
    case PROP_MAIN_CONTEXT:
      priv->main_context = g_value_dup_boxed (value);
      break;
    case PROP_QUEUE_SIZE:
      priv->queue_size = g_value_get_uint (value);
      break;
    case PROP_REST_TURNS:
      priv->rest_turns = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

/* The closure's callback, and what it is called with first and last. */
typedef gboolean (*HandlerFunc) (gpointer first, gpointer request, gpointer last);

static void
marshal_request (GClosure     *closure,
                 GValue       *return_value,
                 guint         n_params,
                 const GValue *params,
                 gpointer      hint,
                 gpointer      marshal_data)
{
  GCClosure  *cclosure = (GCClosure *) closure;
  gpointer    instance = g_value_peek_pointer (&params[0]);
  gboolean    is_swapped = G_CCLOSURE_SWAP_DATA (closure);
  HandlerFunc func = (HandlerFunc) (marshal_data != NULL ? marshal_data : cclosure->callback);

  g_value_set_boolean (return_value, func (is_swapped ? closure->data : instance,
                                           g_value_peek_pointer (&params[1]),
                                           is_swapped ? instance : closure->data));
}

static void
ta_server_class_init (TaServerClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags construct_only =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = ta_server_constructed;
  object_class->dispose = ta_server_dispose;
  object_class->finalize = ta_server_finalize;
  object_class->get_property = ta_server_get_property;
  object_class->set_property = ta_server_set_property;

  klass->handle_request = ta_server_real_handle_request;

  /**
   * TaServer:name: (getter get_name)
   *
   * The name of the server in messages.
   *
   * A server that is not given one gets a name like “server-1”.
   *
   * Since: 1.0
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, construct_only);

  /**
   * TaServer:main-context: (getter get_main_context)
   *
   * The context whose thread handles the requests: by default the one that was thread-default where
   * the server was made.
   *
   * Since: 1.0
   */
  props[PROP_MAIN_CONTEXT] =
      g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, construct_only);

  /**
   * TaServer:queue-size: (getter get_queue_size)
   *
   * How many requests wait at the server at most; others wait for their place.
   *
   * Since: 1.0
   */
  props[PROP_QUEUE_SIZE] =
      g_param_spec_uint ("queue-size", NULL, NULL, 1, G_MAXUINT, 10, construct_only);

  /**
   * TaServer:rest-turns: (getter get_rest_turns)
   *
   * After how many turns a loop that does not come to rest is not waited for any more.
   *
   * Code that goes round and round, `await sleep(0)` in a loop for example, keeps its loop turning. This
   * is no error, and others on the loop still get on.
   *
   * Since: 1.0
   */
  props[PROP_REST_TURNS] =
      g_param_spec_uint ("rest-turns", NULL, NULL, 1, G_MAXINT, 64, construct_only);

  /**
   * TaServer:n-pending: (getter get_n_pending)
   *
   * How many requests wait to be handled: at most [property@Server:queue-size]. It is not notified.
   *
   * Since: 1.0
   */
  props[PROP_N_PENDING] = g_param_spec_uint ("n-pending", NULL, NULL, 0, G_MAXUINT, 0, readable);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * TaServer::handle-request:
   * @self: the server
   * @request: the request
   *
   * Emitted to have a request handled, in the thread that processes, with the
   * [property@Server:main-context] as thread-default.
   *
   * The detail is the method: a handler for `handle-request::increment` gets the requests for
   * `increment`. The first handler that returns true has handled the request, and the others are not
   * asked. It has taken the promise of the answer with [method@ThreadedAsync.Request.take_promise], and
   * returns the answer before it comes back, or later.
   *
   * Returns: whether the request has been handled
   *
   * Since: 1.0
   */
  signals[SIGNAL_HANDLE_REQUEST] = g_signal_new (
      "handle-request", TA_TYPE_SERVER, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED,
      G_STRUCT_OFFSET (TaServerClass, handle_request), g_signal_accumulator_true_handled, NULL,
      marshal_request, G_TYPE_BOOLEAN, 1, TA_TYPE_REQUEST);
}

static void
ta_server_init (TaServer *self)
{
}

/* Asks the handlers, one after the other; TRUE if one of them has handled it. */
gboolean
ta_server_emit (TaServer *self, TaRequest *request)
{
  /* The waits of the handlers are their own. */
  TaInterruptFunc interrupt_func = ta_parker_set_interrupt_func (NULL);
  gboolean        is_handled = FALSE;

  /* A method that nobody is connected to need not become a quark, which would stay for ever. */
  if (request->detail == 0)
    request->detail = g_quark_try_string (request->method);
  g_signal_emit (self, signals[SIGNAL_HANDLE_REQUEST], request->detail, request, &is_handled);
  ta_parker_set_interrupt_func (interrupt_func);

  return is_handled;
}

/**
 * ta_server_new:
 * @name: (nullable): a name for messages
 *
 * Makes a server that handles requests in the context that is thread-default here.
 *
 * Returns: (transfer full): a new server
 *
 * Since: 1.0
 */
TaServer *
ta_server_new (const char *name)
{
  return g_object_new (TA_TYPE_SERVER, "name", name, NULL);
}

/**
 * ta_server_get_name: (get-property name)
 * @self: a server
 *
 * Returns the name of the server; from any thread.
 *
 * Returns: (transfer none): the name
 *
 * Since: 1.0
 */
const char *
ta_server_get_name (TaServer *self)
{
  g_return_val_if_fail (TA_IS_SERVER (self), NULL);

  return ta_server_get_desk (self)->name;
}

/**
 * ta_server_get_main_context: (get-property main-context)
 * @self: a server
 *
 * Returns the context whose thread handles the requests; from any thread.
 *
 * Returns: (transfer none): the context
 *
 * Since: 1.0
 */
GMainContext *
ta_server_get_main_context (TaServer *self)
{
  g_return_val_if_fail (TA_IS_SERVER (self), NULL);

  return ta_inbox_get_context (ta_server_get_desk (self)->inbox);
}

/**
 * ta_server_get_queue_size: (get-property queue-size)
 * @self: a server
 *
 * Returns how many requests wait at the server at most; from any thread.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
ta_server_get_queue_size (TaServer *self)
{
  g_return_val_if_fail (TA_IS_SERVER (self), 0);

  return ta_server_get_desk (self)->queue_size;
}

/**
 * ta_server_get_rest_turns: (get-property rest-turns)
 * @self: a server
 *
 * Returns after how many turns a loop that does not come to rest is not waited for any more; from any
 * thread.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
ta_server_get_rest_turns (TaServer *self)
{
  g_return_val_if_fail (TA_IS_SERVER (self), 0);

  return ta_server_get_desk (self)->rest_turns;
}

/**
 * ta_server_get_n_pending: (get-property n-pending)
 * @self: a server
 *
 * Returns how many requests wait to be handled; from any thread.
 *
 * There may be more by now, but not fewer, if it is called in the thread that handles them. What waits
 * for its place is not counted.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
ta_server_get_n_pending (TaServer *self)
{
  g_return_val_if_fail (TA_IS_SERVER (self), 0);

  return ta_desk_get_n_pending (ta_server_get_desk (self));
}
