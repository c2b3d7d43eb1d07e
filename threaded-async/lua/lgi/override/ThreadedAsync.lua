-- SPDX-FileCopyrightText: 2026 The threaded-async developers
-- SPDX-License-Identifier: LGPL-2.1-or-later

-- What lgi loads with the library: Lua's functions cannot leave their thread, and are refused where
-- they would.

local lgi = require 'lgi'
local ThreadedAsync = lgi.require ('ThreadedAsync', '1')

local ADVICE = 'runner “%s” runs in another thread, in which functions of Lua cannot run. Use '
   .. 'ThreadedAsync.Runner.get_default() for functions, or have the runner call a method that '
   .. 'blocks: runner:call_method_async()'

for _, name in ipairs { 'create_task', 'call_in_loop', 'call_in_loop_async' } do
   local raw = ThreadedAsync.Runner[name]

   ThreadedAsync.Runner[name] = function (self, ...)
      if not self:is_in_loop () then
         error (name .. '(): ' .. ADVICE:format (self:get_name ()), 2)
      end
      return raw (self, ...)
   end
end
