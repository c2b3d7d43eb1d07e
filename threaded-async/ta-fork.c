/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"
#include "ta-fork-private.h"
#include "ta-inbox-private.h"

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
static void
before_cb (void)
{
  /* Whoever comes first for it takes a lock too. */
  ta_error_quark ();
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
