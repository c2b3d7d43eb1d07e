-- SPDX-FileCopyrightText: 2026 The threaded-async developers
-- SPDX-License-Identifier: LGPL-2.1-or-later

-- What can be done from Lua, and that what can't is refused. The names are those of the table in
-- docs/bindings.md.

local lgi = require 'lgi'
local GLib, GObject, Gio = lgi.GLib, lgi.GObject, lgi.Gio
local TaProbe, ThreadedAsync = lgi.TaProbe, lgi.ThreadedAsync

local N = 100000
local N_CALLS = 9000
local FOREVER = ThreadedAsync.TIMEOUT_INFINITE
local main = ThreadedAsync.Runner.get_default()
local loop = GLib.MainLoop()
local n_tests = 0
local failed = false

TaProbe.mark_thread()

local function int(number) return GObject.Value(GObject.Type.INT64, number) end
local function string(text) return GObject.Value(GObject.Type.STRING, text) end

local function report(ok, name, message)
   n_tests = n_tests + 1
   failed = failed or not ok
   print((ok and 'ok ' or 'not ok ') .. n_tests .. ' - ' .. name)
   if not ok then print('# ' .. tostring(message)) end
end

-- Runs a test, which calls done() in the main loop.
local function test(name, func)
   local over = false
   local function done(ok, message)
      if over then return end
      over = true
      report(ok, name, message)
      loop:quit()
   end
   local timer = GLib.timeout_add(GLib.PRIORITY_DEFAULT, 180000, function()
      done(false, 'it is not done after three minutes')
      return false
   end)
   local ok, message = pcall(func, function(check, ...)
      done(check, ...)
   end)
   if not ok then done(false, message) end
   if not over then loop:run() end
   GLib.source_remove(timer)
end

test('quick start', function(done)
   local task = main:create_task(function(task)
      local promise = task:take_promise()
      ThreadedAsync.sleep_async(10000, promise:get_cancellable(), function(_, result)
         local ok, err = ThreadedAsync.sleep_finish(result)
         if ok then promise:return_int(42) else promise:return_failed(err.message) end
      end)
   end)
   task:wait_async(FOREVER, nil, function(_, result)
      done(task:wait_finish(result).value == 42)
   end)
end)

test('worker queue', function(done)
   local inward, outward = ThreadedAsync.Queue.new(0), ThreadedAsync.Queue.new(0)
   local seen = {}
   local function work()
      inward:get_async(FOREVER, nil, function(_, result)
         local value, err = inward:get_finish(result)
         if not value then outward:close() return end
         outward:try_put(int(value.value + 1))
         work()
      end)
   end
   local function read()
      outward:get_async(FOREVER, nil, function(_, result)
         local value, err = outward:get_finish(result)
         if value then
            seen[#seen + 1] = math.tointeger(value.value)
            read()
         else
            done(err:matches(ThreadedAsync.Error, 'CLOSED')
               and table.concat(seen, ' ') == '1 2 3 4 5 6 7 8 9 10', table.concat(seen, ' '))
         end
      end)
   end
   main:create_task(function(task) task:take_promise():return_boolean(true) work() end)
   read()
   for i = 0, 9 do inward:try_put(int(i)) end
   inward:close()
end)

test('call', function(done)
   local runner = ThreadedAsync.Runner.new('caller')
   runner:start()
   runner:call_method_async(string('GLib'), 'compute_checksum_for_bytes',
      { int(2), GObject.Value(GLib.Bytes, GLib.Bytes.new('abc')) }, FOREVER, nil,
      function(_, result)
         local value = runner:call_method_finish(result)
         runner:stop_async(FOREVER, nil, function(_, stopped)
            done(runner:stop_finish(stopped) and value.value ==
               'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', value.value)
         end)
      end)
end)

test('control inversion', function(done)
   local server = ThreadedAsync.Server.new('server')
   local client = ThreadedAsync.Client.new(server, main)
   server.on_handle_request = function(_, request)
      local value = request:get_arg(0)
      request:take_promise():return_int(value.value + 1)
      return true
   end
   client:execute_async('increment', { int(3) }, nil, FOREVER, nil, function(_, result)
      done(client:execute_finish(result).value == 4)
   end)
   server:process(1000000)
end)

test('a function in another thread is refused', function(done)
   local runner = ThreadedAsync.Runner.new('threaded')
   runner:start()
   local task, err = runner:create_task(function() end)
   assert(not task and err:matches(ThreadedAsync.Error, 'WRONG_THREAD'), err)
   task, err = runner:call_in_loop(function() end, FOREVER, nil)
   assert(not task and err.message:find('runner “threaded” runs in another thread', 1, true), err)
   runner:stop(FOREVER, nil)
   done(true)
end)

test('a signal of another thread is refused', function(done)
   local queue = TaProbe.new_elsewhere()
   local text = 'come in another thread'
   local ok, message = pcall(function() queue.on_items_available = function() end end)
   assert(not ok and message:find(text, 1, true), message)
   ok, message = pcall(function() queue.on_notify['closed'] = function() end end)
   assert(not ok and message:find(text, 1, true), message)
   done(true)
end)

test('errors', function(done)
   local value, err = ThreadedAsync.Queue.new(0):try_get()
   done(not value and err:matches(Gio.IOErrorEnum, 'WOULD_BLOCK'), err)
end)

test('a flood from four threads', function(done)
   local queue, event = ThreadedAsync.Queue.new(256), ThreadedAsync.Event.new()
   local elsewhere, count, n, sum = 0, {}, 0, 0
   local last_set
   local function see(what)
      count[what] = (count[what] or 0) + 1
      if not TaProbe.is_marked_thread() then elsewhere = elsewhere + 1 end
   end
   for _ = 1, N_CALLS do TaProbe.add_call(function() see('called') end) end
   local task = main:create_task(function(task)
      TaProbe.flood(queue, event, task:take_promise(), N)
   end)
   local function check()
      if n < TaProbe.get_n_flooded() or not count.done or not count.closed or task.status ~= 'over'
         or not event:get_is_set() then return end
      GLib.idle_add(GLib.PRIORITY_LOW, function()
         done(elsewhere == 0 and TaProbe.get_n_destroyed_elsewhere() == 0
            and TaProbe.get_n_destroyed() == N_CALLS and TaProbe.get_n_called() == count.called
            and count.called >= N_CALLS * 2 // 3 and n > 256
            and n == TaProbe.get_n_flooded() and sum == n * (n - 1) // 2 and count.done == 1
            and count.closed == 1 and count.progress > 0 and count.set > 0 and count.items > 0
            and last_set, ('%d elsewhere, %d items, %d calls, %d destroyed'):format(elsewhere, n,
            count.called, TaProbe.get_n_destroyed()))
         return false
      end)
   end
   event.on_notify['is-set'] = function()
      see('set')
      last_set = event:get_is_set()
   end
   queue.on_items_available = function() see('items') end
   queue.on_space_available = function() see('space') end
   queue.on_notify['closed'] = function() see('closed') check() end
   task.on_notify['progress'] = function() see('progress') end
   task.on_notify['status'] = function() see('status') check() end
   task.on_notify['done'] = function() see('done') check() end
   local function read()
      queue:get_async(FOREVER, nil, function(_, result)
         local value = queue:get_finish(result)
         see('got')
         if not value then check() return end
         n = n + 1
         sum = sum + value.value
         if n % 20000 == 0 then collectgarbage() end
         read()
      end)
   end
   read()
end)

print('1..' .. n_tests)
os.exit(failed and 1 or 0)
