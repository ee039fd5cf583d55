"""Maps a function over a pool of processes."""

import multiprocessing


def square(number):
    return number * number


def program():
    with multiprocessing.Pool(3) as pool:
        return [
            pool.map(square, range(10)),
            pool.apply(square, (7,)),
            list(pool.imap(square, range(3))),
        ]
