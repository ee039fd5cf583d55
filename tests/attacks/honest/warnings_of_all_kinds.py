"""Warns, and turns warnings into errors and back."""

import warnings


def program():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("be careful", stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            warnings.warn("now an error", stacklevel=1)
        except UserWarning as error:
            said = str(error)
    return [[str(one.message) for one in caught], said]
