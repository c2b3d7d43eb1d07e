# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# Without our part for Ruby, blocks that would run in another thread are refused all the same.

require "gio2"

module ThreadedAsync
  GObjectIntrospection::Loader.load("ThreadedAsync", self)
end

FOREVER = -1

main_loop = GLib::MainLoop.new
runner = ThreadedAsync::Runner.new("threaded")
n_refused = 0

check = lambda do |&action|
  action.call
rescue ThreadedAsync::Error::WrongThread => error
  n_refused += 1 if error.message.include?("runner “threaded” runs in another thread")
ensure
  GC.start
end

$stdout.sync = true
puts "1..1"
runner.start
check.call { runner.create_task { nil } }
check.call { runner.call_in_loop(FOREVER, nil) { nil } }
runner.stop(FOREVER, nil)
ok = n_refused == 2 && !ThreadedAsync.const_defined?(:RefuseSignals)
puts "#{ok ? "ok" : "not ok"} 1 - a function in another thread is refused"
exit!(ok ? 0 : 1)
