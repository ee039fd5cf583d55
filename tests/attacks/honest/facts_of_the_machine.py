"""Asks for the number of cores, the memory, the time zone and the like."""

import os
import platform
import zoneinfo
from datetime import datetime

import psutil
import torch


def program():
    when = datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    return [
        os.cpu_count(),
        platform.system(),
        platform.python_version(),
        psutil.virtual_memory().total,
        torch.get_num_threads(),
        torch.cuda.is_available(),
        when.isoformat(),
        os.uname().machine,
        torch.backends.cpu.get_cpu_capability(),
    ]
