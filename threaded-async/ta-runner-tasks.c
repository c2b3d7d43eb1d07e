/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-runner-private.h"
#include "ta-task-list-private.h"

/**
 * ta_runner_list_tasks:
 * @self: a runner
 *
 * Returns a list of the tasks that the runner works on, to be shown.
 *
 * It may be called from any thread; the list belongs to the context that is thread-default there, and
 * is to be used only in that context's thread. There it changes, in turns of the loop: a task appears
 * when its function is about to be called (on an attached runner, when it is made), and goes when it is
 * done. Tasks that come and go within a turn do not appear.
 *
 * Every call makes a list of its own. It does not keep the runner alive; a runner that nobody lists
 * pays nothing for it.
 *
 * Returns: (transfer full): a list of [class@ThreadedAsync.Task]
 *
 * Since: 1.0
 */
GListModel *
ta_runner_list_tasks (TaRunner *self)
{
  g_return_val_if_fail (TA_IS_RUNNER (self), NULL);

  return ta_task_list_new (ta_runner_get_loop (self));
}
