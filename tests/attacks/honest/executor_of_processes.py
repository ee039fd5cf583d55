"""Uses `ProcessPoolExecutor`, also with an exception."""

from concurrent.futures import ProcessPoolExecutor


def half(number):
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number // 2


def program():
    found = []
    with ProcessPoolExecutor(2) as pool:
        for future in [pool.submit(half, n) for n in range(4)]:
            try:
                found.append(future.result())
            except ValueError as error:
                found.append(str(error))
    return found
