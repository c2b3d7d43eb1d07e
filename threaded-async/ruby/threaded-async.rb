# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# The library for Ruby, whose blocks cannot leave their thread, and are refused where they would.

require "gio2"

module ThreadedAsync
  GObjectIntrospection::Loader.load("ThreadedAsync", self)

  # Refuses blocks in another thread, in which they would end the process.
  module RefuseBlocks
    %i[create_task call_in_loop call_in_loop_async].each do |name|
      define_method(name) do |*args, &block|
        unless in_loop?
          raise ArgumentError, "#{name}: runner “#{self.name}” runs in another thread, in which " \
                               "blocks of Ruby cannot run. Use ThreadedAsync::Runner.default for " \
                               "blocks, or have the runner call a method that blocks: " \
                               "call_method_async"
        end
        super(*args, &block)
      end
    end
  end

  Runner.prepend(RefuseBlocks)
end
