"""The rights of the people on the lists: requests and their terms, what is held on one person, the record of processing.

`requests` takes and answers, `statement` and `processing_record` print. `__all__` is what other packages may use.
"""

__all__ = ("errors", "holdings", "labels", "processing_record", "requests", "statement", "states")
