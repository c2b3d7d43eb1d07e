-- SPDX-FileCopyrightText: 2026 The threaded-async developers
-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Without what lgi loads with the library, functions that would run in another thread are refused all
-- the same.

local lgi = require 'lgi'
local ThreadedAsync = lgi.ThreadedAsync

local FOREVER = ThreadedAsync.TIMEOUT_INFINITE
local loop = lgi.GLib.MainLoop()
local runner = ThreadedAsync.Runner.new('threaded')
local n_refused = 0

local function check(ok, err)
   if not ok and err:matches(ThreadedAsync.Error, 'WRONG_THREAD')
      and err.message:find('runner “threaded” runs in another thread', 1, true)
   then
      n_refused = n_refused + 1
   end
   collectgarbage()
end

local function func() end

print '1..1'
assert(not pcall(require, 'lgi.override.ThreadedAsync'))
runner:start()
check(runner:create_task(func))
check(runner:call_in_loop(func, FOREVER, nil))
runner:call_in_loop_async(func, FOREVER, nil, function(_, result)
   check(runner:call_in_loop_finish(result))
   loop:quit()
end)
loop:run()
runner:stop(FOREVER, nil)
print((n_refused == 3 and 'ok' or 'not ok') .. ' 1 - a function in another thread is refused')
os.exit(n_refused == 3 and 0 or 1)
