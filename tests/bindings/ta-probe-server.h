/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <threaded-async.h>

G_BEGIN_DECLS

/* Clients and a server in C, for those in other languages. */

/**
 * ta_probe_ask_repeatedly:
 * @client: a client
 * @method: what to ask for
 * @n_requests: how often
 *
 * Asks with the numbers from 0, one after the other, on the client's runner.
 *
 * Returns: (transfer full): the task, whose result is the sum of the answers
 */
TaTask *ta_probe_ask_repeatedly (TaClient *client, const char *method, guint n_requests);

/**
 * ta_probe_server_new:
 *
 * Makes a server that answers “increment” in C.
 *
 * Returns: (transfer full): the server
 */
TaServer *ta_probe_server_new (void);

G_END_DECLS
