/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-box.h"
#include "ta-client.h"
#include "ta-error.h"
#include "ta-event.h"
#include "ta-fork-private.h"
#include "ta-inbox-private.h"
#include "ta-operation-result-private.h"
#include "ta-promise.h"
#include "ta-queue.h"
#include "ta-runner.h"
#include "ta-server.h"
#include "ta-spin-private.h"

#ifdef G_OS_UNIX
#include <pthread.h>
#include <unistd.h>
#endif

/*
 * What becomes of the library in a child process.
 *
 * The threads of the runners are not there, and any lock may be held by one that isn't. So everything
 * fails, or does nothing, before it takes a lock. What is on its way in a context has its turn in the
 * parent, and must not have it in the child as well.
 *
 * A process that forks before it has used the library for the first time may use it in the child.
 */

gboolean ta_has_forked;

gboolean
ta_fork_refuse (GError **error)
{
  g_set_error_literal (
      error, TA_ERROR, TA_ERROR_FORKED,
      "This process is a fork of one that uses runners: it has none of its threads");

  return FALSE;
}

#ifdef G_OS_UNIX
/* Makes what would be made when it is first asked for. If a thread were at it just now that is not in
 * the child, whoever asks there would wait for ever. */
static void
prepare (void)
{
  static gsize is_prepared;
  static GType (*const classes[]) (void) = {
    ta_client_get_type,           ta_event_get_type,  ta_future_get_type,
    ta_operation_result_get_type, ta_queue_get_type,  ta_request_get_type,
    ta_runner_get_type,           ta_server_get_type, ta_task_get_type,
  };

  if (!g_once_init_enter (&is_prepared))
    return;

  ta_error_quark ();
  ta_spin_is_shared ();
  g_type_ensure (TA_TYPE_BOX);
  g_type_ensure (ta_promise_get_type ());
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    g_type_class_ref (classes[i]()); /* for good: they are static */

  g_once_init_leave (&is_prepared, 1);
}

static void
before_cb (void)
{
  prepare ();
  ta_inboxes_lock ();
}

static void
in_child_cb (void)
{
  if (ta_inboxes_forget ())
    ta_has_forked = TRUE;
}

__attribute__ ((constructor)) static void
ta_fork_init (void)
{
  pthread_atfork (before_cb, ta_inboxes_unlock, in_child_cb);
}
#endif
