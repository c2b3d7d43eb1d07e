/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "test-util.h"

G_BEGIN_DECLS

/* The namespace with functions for these tests: see bindings/ta-probe.h. */
#define PROBE TA_VALUE_STRING ("TaProbe")

/* Somebody who calls methods on a runner, from the main thread. */
typedef struct
{
  TaRunner     *runner;
  GCancellable *cancellable;
  gint64        timeout_us;
  TestResult    result;
  TestResult    second;
} Caller;

Caller *caller_new (void);
void    caller_free (Caller *self);
void    caller_start (Caller       *self,
                      const GValue *target,
                      const char   *method,
                      const GValue *arguments,
                      guint         n_arguments);
void    caller_wait (Caller *self);
void    caller_await_waiting (Caller *self, guint n);

/* Calls a method, which must succeed. */
void caller_call (Caller       *self,
                  const GValue *target,
                  const char   *method,
                  const GValue *arguments,
                  guint         n_arguments,
                  GValue       *value);

/* Calls a method, which must fail. */
void caller_refuse (Caller       *self,
                    const GValue *target,
                    const char   *method,
                    const GValue *arguments,
                    guint         n_arguments,
                    GQuark        domain,
                    int           code,
                    const char   *text);
void caller_expect (Caller *self, GQuark domain, int code, const char *text);
void
caller_expect_result (Caller *self, TestResult *result, GQuark domain, int code, const char *text);

/* The parts of a result that has several. */
guint         caller_count (const GValue *value);
const GValue *caller_nth (const GValue *value, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Caller, caller_free)

G_END_DECLS
