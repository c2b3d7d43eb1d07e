/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-client.h"
#include "ta-fork-private.h"
#include "ta-request-private.h"
#include "ta-runner-private.h"
#include "ta-server-private.h"
#include "ta-timeout.h"
#include "ta-value-private.h"

/**
 * TaClient:
 *
 * What code in the background asks a [class@Server] with.
 *
 * A client is made for a runner, that on which the code runs which uses it. [method@Client.execute]
 * sends a request, which is a [class@Future] of the answer; [method@Client.execute_async] and
 * [method@Client.execute_wait] also wait for it.
 *
 * ```c
 * g_autoptr (TaRequest) request = ta_client_execute (client, "increment", TA_VALUE_INT (3), 1, NULL);
 * ```
 *
 * The server sees to it that the loop of the runner is at rest before it handles a request, so that
 * all that the clients on it have to ask is there, in the order in which they asked.
 *
 * When the runner stops, what has not been answered ends with `G_IO_ERROR_CANCELLED`. A client keeps
 * neither its server nor its runner alive.
 *
 * Since: 1.0
 */

typedef struct
{
  TaLink *link; /* const, owned; NULL only in one that was made without what it needs */

  /* Const; they are only kept until the link is made. */
  TaServer *server;
  TaRunner *runner;
} TaClientPrivate;

enum
{
  PROP_SERVER = 1,
  PROP_RUNNER,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static const TaOperationKind execute_kind = {
  .abandon = ta_request_abandon,
  .release_target = ta_request_release,
};

G_DEFINE_TYPE_WITH_PRIVATE (TaClient, ta_client, G_TYPE_OBJECT)

static inline TaClientPrivate *
ta_client_get_private (TaClient *self)
{
  return ta_client_get_instance_private (self);
}

static void
ta_client_constructed (GObject *object)
{
  TaClientPrivate *priv = ta_client_get_private (TA_CLIENT (object));

  G_OBJECT_CLASS (ta_client_parent_class)->constructed (object);

  if (priv->server != NULL && priv->runner != NULL)
    priv->link =
        ta_desk_connect (ta_server_get_desk (priv->server), ta_runner_get_loop (priv->runner));
  else
    g_critical ("A %s can't be used: it was made without a server or without a runner",
                G_OBJECT_TYPE_NAME (object));
  g_clear_object (&priv->server);
  g_clear_object (&priv->runner);
}

static void
ta_client_finalize (GObject *object)
{
  g_clear_pointer (&ta_client_get_private (TA_CLIENT (object))->link, ta_link_disconnect);

  G_OBJECT_CLASS (ta_client_parent_class)->finalize (object);
}

static void
ta_client_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_RUNNER:
      g_value_take_object (value, ta_client_get_runner (TA_CLIENT (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_client_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  TaClientPrivate *priv = ta_client_get_private (TA_CLIENT (object));

  switch (property_id)
    {
    case PROP_SERVER:
      priv->server = g_value_dup_object (value);
      break;
    case PROP_RUNNER:
      priv->runner = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
ta_client_class_init (TaClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = ta_client_constructed;
  object_class->finalize = ta_client_finalize;
  object_class->get_property = ta_client_get_property;
  object_class->set_property = ta_client_set_property;

  /**
   * TaClient:server:
   *
   * The server to ask, which has to be given.
   *
   * Since: 1.0
   */
  props[PROP_SERVER] =
      g_param_spec_object ("server", NULL, NULL, TA_TYPE_SERVER,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * TaClient:runner: (getter get_runner)
   *
   * The runner on which the client is used, which has to be given, while somebody refers to it.
   *
   * Since: 1.0
   */
  props[PROP_RUNNER] =
      g_param_spec_object ("runner", NULL, NULL, TA_TYPE_RUNNER,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ta_client_init (TaClient *self)
{
}

/**
 * ta_client_new:
 * @server: the server to ask
 * @runner: the runner on which the client will be used
 *
 * Makes a client; from any thread.
 *
 * The runner need not have been started. From here on the server waits for its loop before it handles
 * requests: so make the client before the code is started that will use it.
 *
 * Returns: (transfer full): a new client
 *
 * Since: 1.0
 */
TaClient *
ta_client_new (TaServer *server, TaRunner *runner)
{
  g_return_val_if_fail (TA_IS_SERVER (server), NULL);
  g_return_val_if_fail (TA_IS_RUNNER (runner), NULL);

  return g_object_new (TA_TYPE_CLIENT, "server", server, "runner", runner, NULL);
}

/**
 * ta_client_get_runner: (get-property runner)
 * @self: a client
 *
 * Returns the runner on which the client is used; from any thread.
 *
 * Returns: (transfer full) (nullable): the runner, or %NULL when nobody refers to it any more
 *
 * Since: 1.0
 */
TaRunner *
ta_client_get_runner (TaClient *self)
{
  TaClientPrivate *priv;

  g_return_val_if_fail (TA_IS_CLIENT (self), NULL);

  priv = ta_client_get_private (self);

  return priv->link != NULL ? ta_loop_get_runner (priv->link->loop) : NULL;
}

/* Makes a request; NULL, with a critical, if the call was wrong. */
static TaRequest *
ta_client_make_request (TaClient          *self,
                        const char        *method,
                        const GValue      *args,
                        gsize              n_args,
                        const char *const *names)
{
  TaClientPrivate *priv;

  g_return_val_if_fail (TA_IS_CLIENT (self), NULL);
  g_return_val_if_fail (method != NULL, NULL);
  g_return_val_if_fail (args != NULL || n_args == 0, NULL);
  g_return_val_if_fail (n_args <= G_MAXUINT, NULL);

  priv = ta_client_get_private (self);
  g_return_val_if_fail (priv->link != NULL, NULL);

  return ta_request_new (self, priv->link, method, args, n_args, names);
}

/* Sends it, unless it has failed already. */
static void
ta_client_send (TaClient *self, TaRequest *request)
{
  if (!ta_future_get_done (TA_FUTURE (request)))
    ta_link_send (ta_client_get_private (self)->link, request);
}

/* Whether a wait can begin: for one that can't the server should not be troubled. */
static gboolean
may_wait (gint64 timeout_us, GCancellable *cancellable)
{
  return (timeout_us > 0 || timeout_us == TA_TIMEOUT_INFINITE ||
          timeout_us == TA_TIMEOUT_DEFAULT) &&
         !g_cancellable_is_cancelled (cancellable);
}

/**
 * ta_client_execute:
 * @self: a client
 * @method: the name of what is asked for
 * @args: (array length=n_args) (nullable): the arguments
 * @n_args: how many there are
 * @names: (array zero-terminated=1) (nullable): names for the last of the arguments
 *
 * Sends a request, without waiting for the answer; from any thread.
 *
 * The arguments are copied. The last ones get the @names, in this order: with three arguments and one
 * name, it is the third that has it. In C, `TA_VALUE_INT (3), 1, NULL` is one argument without a name.
 *
 * Where the server has more than its [property@Server:queue-size] to do, the request waits for its
 * place first. The request does not end when whoever waits for it stops doing so: it is taken back
 * with [method@ThreadedAsync.Request.withdraw].
 *
 * The request has failed already if a value has no type (`TA_ERROR_WRONG_TYPE`), if the names do not
 * fit (`G_IO_ERROR_INVALID_ARGUMENT`), if the runner has not been started (`TA_ERROR_NOT_RUNNING`), if
 * it ends or has ended (`G_IO_ERROR_CANCELLED`), or if the server has gone (`TA_ERROR_DROPPED`).
 *
 * Later it fails with the error that the server answers, with `TA_ERROR_UNHANDLED` or
 * `TA_ERROR_DROPPED` if it gets no answer from there, and with `G_IO_ERROR_CANCELLED` if the runner
 * stops.
 *
 * Returns: (transfer full): the request, which is the future of the answer
 *
 * Since: 1.0
 */
TaRequest *
ta_client_execute (TaClient          *self,
                   const char        *method,
                   const GValue      *args,
                   gsize              n_args,
                   const char *const *names)
{
  TaRequest *request = ta_client_make_request (self, method, args, n_args, names);

  if (request != NULL)
    ta_client_send (self, request);

  return request;
}

/**
 * ta_client_execute_wait:
 * @self: a client
 * @method: the name of what is asked for
 * @args: (array length=n_args) (nullable): the arguments
 * @n_args: how many there are
 * @names: (array zero-terminated=1) (nullable): names for the last of the arguments
 * @value: (out caller-allocates) (optional): where to put a copy of the answer
 * @timeout_us: how long to wait at most, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:default-timeout]
 * @cancellable: (nullable): what ends the wait early
 * @error: return location for an error
 *
 * Sends a request as [method@Client.execute] does, and blocks the calling thread until it is answered;
 * from any thread.
 *
 * The caller frees the value with [method@GObject.Value.unset]. On failure it is set to a %NULL
 * pointer. If the wait ends before the request has been handled, it is taken back.
 *
 * Fails as the request does, with `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`, and with
 * `TA_ERROR_WOULD_DEADLOCK`, at once, if it would block the loop of a runner, or the thread in which
 * the server handles requests.
 *
 * Returns: whether there is an answer
 *
 * Since: 1.0
 */
gboolean
ta_client_execute_wait (TaClient          *self,
                        const char        *method,
                        const GValue      *args,
                        gsize              n_args,
                        const char *const *names,
                        GValue            *value,
                        gint64             timeout_us,
                        GCancellable      *cancellable,
                        GError           **error)
{
  g_autoptr (TaRequest) request = NULL;
  gboolean              is_answered;

  ta_value_clear_out (value);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  request = ta_client_make_request (self, method, args, n_args, names);
  if (request == NULL)
    return FALSE;

  if (may_wait (timeout_us, cancellable) && ta_future_check_may_block (TA_FUTURE (request), NULL))
    ta_client_send (self, request);
  is_answered = ta_future_wait (TA_FUTURE (request), value, timeout_us, cancellable, error);
  if (!is_answered)
    ta_request_withdraw (request);

  return is_answered;
}

/**
 * ta_client_execute_async:
 * @self: a client
 * @method: the name of what is asked for
 * @args: (array length=n_args) (nullable): the arguments
 * @n_args: how many there are
 * @names: (array zero-terminated=1) (nullable): names for the last of the arguments
 * @timeout_us: how long to wait at most, in microseconds, `TA_TIMEOUT_INFINITE`, or
 *   `TA_TIMEOUT_DEFAULT` for the runner's [property@Runner:default-timeout]
 * @cancellable: (nullable): what ends the wait early
 * @callback: (scope async) (closure user_data): what to call when the wait has ended
 * @user_data: data for @callback
 *
 * Sends a request as [method@Client.execute] does, and waits for the answer without blocking; from any
 * thread.
 *
 * The callback runs in the context that is thread-default for the caller, never before this call
 * returns. If the wait ends before the request has been handled, it is taken back. Get the answer with
 * [method@Client.execute_finish].
 *
 * Since: 1.0
 */
void
ta_client_execute_async (TaClient           *self,
                         const char         *method,
                         const GValue       *args,
                         gsize               n_args,
                         const char *const  *names,
                         gint64              timeout_us,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (TaRequest) request = NULL;

  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  request = ta_client_make_request (self, method, args, n_args, names);
  if (request == NULL)
    return;

  if (may_wait (timeout_us, cancellable))
    ta_client_send (self, request);
  ta_future_start_wait (TA_FUTURE (request), self, &execute_kind, timeout_us, cancellable, callback,
                        user_data);
}

/**
 * ta_client_execute_finish:
 * @self: a client
 * @result: what the callback was given
 * @value: (out caller-allocates) (optional): where to put a copy of the answer
 * @error: return location for an error
 *
 * Gets the answer to a request that was sent with [method@Client.execute_async].
 *
 * The caller frees the value with [method@GObject.Value.unset]. On failure it is set to a %NULL
 * pointer.
 *
 * Fails as the request does, and with `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`, with the
 * latter also if the wait was started on a runner that stops.
 *
 * Returns: whether there is an answer
 *
 * Since: 1.0
 */
gboolean
ta_client_execute_finish (TaClient *self, GAsyncResult *result, GValue *value, GError **error)
{
  ta_value_clear_out (value);
  g_return_val_if_fail (TA_IS_CLIENT (self), FALSE);

  if (!ta_fork_check (error))
    return FALSE;

  return ta_future_finish_wait (result, self, &execute_kind, value, error);
}
