"""What outlives a run: observations, attempts, results and points given by hand.

In: a path or a URL. Out: a ``Store``. Nothing of SQLAlchemy leaves this part.
"""

from grader.store.errors import StoreError
from grader.store.observations import Recalled
from grader.store.results import NewResult, StoredResult
from grader.store.store import Store, open_store

__all__ = ["NewResult", "Recalled", "Store", "StoreError", "StoredResult", "open_store"]
