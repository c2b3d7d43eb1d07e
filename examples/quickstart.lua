#!/usr/bin/env lua5.3
-- SPDX-FileCopyrightText: 2026 The threaded-async developers
-- SPDX-License-Identifier: LGPL-2.1-or-later

local lgi = require 'lgi'
local GLib, ThreadedAsync = lgi.GLib, lgi.ThreadedAsync

-- Functions of Lua cannot leave their thread. So the task runs on the runner that is attached to the
-- main context, in the main thread.

local FOREVER = ThreadedAsync.TIMEOUT_INFINITE
local loop = GLib.MainLoop()

local function think(task)
   local promise = task:take_promise()

   ThreadedAsync.sleep_async(500000, promise:get_cancellable(), function(_, result)
      local ok, err = ThreadedAsync.sleep_finish(result)

      if ok then promise:return_int(42) else promise:return_failed(err.message) end
   end)
end

local task = ThreadedAsync.Runner.get_default():create_task(think)

task:wait_async(FOREVER, nil, function(_, result)
   local value, err = task:wait_finish(result)

   if value then
      print(('The answer is %d'):format(value.value))
   else
      io.stderr:write('quickstart: ', err.message, '\n')
   end
   loop:quit()
end)
loop:run()
