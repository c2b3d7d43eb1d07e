#!/usr/bin/env ruby
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

require "threaded-async"

# Blocks of Ruby cannot leave their thread. So the task runs on the runner that is attached to the
# main context, in the main thread.

FOREVER = ThreadedAsync::TIMEOUT_INFINITE
LOOP = GLib::MainLoop.new

task = ThreadedAsync::Runner.default.create_task do |own_task|
  promise = own_task.take_promise

  ThreadedAsync.sleep_async(500_000, promise.cancellable) do |_source, result|
    ThreadedAsync.sleep_finish(result)
    promise.return_int(42)
  rescue GLib::Error => error
    promise.return_failed(error.message)
  end
end

task.wait_async(FOREVER, nil) do |_source, result|
  _ok, answer = task.wait_finish(result)
  puts "The answer is #{answer.value}"
rescue GLib::Error => error
  warn "quickstart: #{error.message}"
ensure
  LOOP.quit
end

LOOP.run
