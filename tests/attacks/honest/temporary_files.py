"""Uses temporary files and folders in every way there is."""

import os
import tempfile


def program():
    found = []
    with tempfile.NamedTemporaryFile("w+", suffix=".txt") as file:
        file.write("named")
        file.flush()
        found.append(open(file.name).read())
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "inside"), "w") as file:
            file.write("inside")
        found.append(os.listdir(folder))
    with tempfile.TemporaryFile() as file:
        file.write(b"nameless")
        file.seek(0)
        found.append(file.read().decode())
    with tempfile.SpooledTemporaryFile(max_size=4) as file:
        file.write(b"spooled over")
        file.seek(0)
        found.append(file.read().decode())
    number, name = tempfile.mkstemp()
    os.close(number)
    os.remove(name)
    return found
