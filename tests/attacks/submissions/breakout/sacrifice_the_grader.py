"""Has the kernel end the grader first when memory is short.

without: landlock, namespaces, distinct user
told: The sandbox shows a submission
"""


def double(x):
    with open("/proc/@VICTIM@/oom_score_adj", "w") as file:
        file.write("1000")
    return x
