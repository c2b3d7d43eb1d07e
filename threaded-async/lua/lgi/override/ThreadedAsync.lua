-- SPDX-FileCopyrightText: 2026 The threaded-async developers
-- SPDX-License-Identifier: LGPL-2.1-or-later

-- What lgi loads with the library. Lua's functions cannot leave their thread: the library itself
-- refuses them where they would be called in another one, and this the signals that come in one.

local lgi = require 'lgi'
local ThreadedAsync = lgi.require ('ThreadedAsync', '1')
local GObject = lgi.GObject

local function access_signal (self, object, info, ...)
   if not ThreadedAsync.Runner.new_for_context (object:get_main_context ()):is_in_loop () then
      error (('on_%s: the signals of this object come in another thread, in which functions of Lua '
         .. 'cannot run'):format (info.name:gsub ('%-', '_')), 4)
   end
   return GObject.Object._access_signal (self, object, info, ...)
end

for _, name in ipairs { 'Event', 'Future', 'Queue', 'Request', 'Runner', 'Server', 'Task' } do
   ThreadedAsync[name]._access_signal = access_signal
end
