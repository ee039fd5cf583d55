"""Logs to a file, to memory and to standard error."""

import io
import logging
import logging.handlers


def program():
    stream = io.StringIO()
    logger = logging.getLogger("mine")
    logger.setLevel(logging.DEBUG)
    rotating = logging.handlers.RotatingFileHandler("log.txt", maxBytes=200, backupCount=1)
    for handler in (logging.StreamHandler(stream), rotating, logging.StreamHandler()):
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        logger.addHandler(handler)
    for number in range(10):
        logger.info("step %d of %d", number, 10)
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("it went wrong")
    rotating.close()
    return [stream.getvalue().splitlines()[:11], open("log.txt.1").read()[:20]]
