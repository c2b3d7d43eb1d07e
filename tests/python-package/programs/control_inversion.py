# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A script that moves a player, and a main loop that decides when it may go on."""

from threaded_async import Client, ExecutionRequest, Server
from threaded_async.threaded_async import Future


class Player(Client):
    """What the script sees."""

    async def step(self, distance: int) -> int:
        return await self.execute(Player.step, distance)

    async def look(self, *, far: bool) -> str:
        return await self.execute(Player.look, far=far)


class Game(Server):
    """Owns the position, which only the main thread touches."""

    position = 0

    def _handle_request(self, request: "ExecutionRequest[int]", future: "Future[int]") -> None:
        if request.fun == Player.step:
            (distance,) = request.args
            self.position += distance
            future.set_result(self.position)
        else:
            future.set_exception(NotImplementedError(request.fun.__name__))


async def script(player: Player) -> str:
    for distance in range(1, 4):
        print("Client got:", await player.step(distance))
    try:
        await player.look(far=True)
    except NotImplementedError as error:
        return f"cannot {error}"
    return "looked"


with Game(queue_size=5) as game:
    game.event_loop_timeout = 10.0
    task = game.create_background_task(script(Player(game)))
    frame = 0
    while game.process():
        frame += 1
        print("frame", frame, "position", game.position)
    print(task.wait())
    print("more:", game.process(timeout=1.0))

# Client got: 1
# frame 1 position 1
# Client got: 3
# frame 2 position 3
# Client got: 6
# frame 3 position 6
# frame 4 position 6
# cannot look
# more: False
