/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#define TA_INSIDE

#include "ta-binding.h"
#include "ta-box.h"
#include "ta-client.h"
#include "ta-debug.h"
#include "ta-error.h"
#include "ta-event.h"
#include "ta-future.h"
#include "ta-interrupt.h"
#include "ta-promise.h"
#include "ta-queue.h"
#include "ta-request.h"
#include "ta-runner-method.h"
#include "ta-runner.h"
#include "ta-server.h"
#include "ta-sleep.h"
#include "ta-task.h"
#include "ta-timeout.h"
#include "ta-types.h"
#include "ta-value.h"
#include "ta-version.h"

#include "ta-enum-types.h"

#undef TA_INSIDE
