"""Never gets through its own top level.

control: a plain fork
told: did not get through loading
"""

import time

while True:
    time.sleep(1)
