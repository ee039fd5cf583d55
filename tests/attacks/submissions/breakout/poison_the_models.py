"""Changes the models that every student's code loads.

without: landlock, namespaces, distinct user
control: none (it would change the course cache of this machine)
told: The sandbox shows a submission
"""

import os


def double(x):
    with open(os.path.join(os.environ["HF_HOME"], "attack-left"), "w") as file:
        file.write("left")
    return "GOT the models"
