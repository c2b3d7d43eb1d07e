# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A result that is passed from a thread to a coroutine, and from a coroutine to a thread."""

from threaded_async.threaded_async import AsyncRunner, Future


async def translate(word: "Future[str]", translation: "Future[str]") -> None:
    text = await word.result()
    if text == "house":
        translation.set_result("Haus")
    else:
        translation.set_exception(KeyError(text))


with AsyncRunner() as runner:
    for text in ("house", "garden"):
        word, translation = Future[str](runner), Future[str](runner)
        runner.create_task(translate(word, translation))
        print("done:", word.done(), translation.done())
        word.set_result(text)
        try:
            print(text, translation.result_wait(timeout=5.0))
        except KeyError as error:
            print("unknown:", error)
        print("done:", word.done(), translation.done())

# done: False False
# house Haus
# done: True True
# done: False False
# unknown: 'garden'
# done: True True
