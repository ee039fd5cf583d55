"""Starts a program with asyncio, and uses a thread of its own."""

import asyncio
import sys


async def main():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", "print(6 * 7)", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return [out.decode(), await asyncio.to_thread(sum, [1, 2, 3])]


def program():
    return asyncio.run(main())
