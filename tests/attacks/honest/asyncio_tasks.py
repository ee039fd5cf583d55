"""Runs tasks with asyncio: gather, queues, time-outs."""

import asyncio


async def produce(queue):
    for number in range(5):
        await queue.put(number)
        await asyncio.sleep(0)
    await queue.put(None)


async def consume(queue):
    found = []
    while (item := await queue.get()) is not None:
        found.append(item)
    return found


async def main():
    queue = asyncio.Queue(2)
    _, found = await asyncio.gather(produce(queue), consume(queue))
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError:
        found.append("late")
    return found


def program():
    return asyncio.run(main())
