"""What every node must see though it is no row: finished releases and maps, in a shared folder or a bucket."""

__all__ = ("Bucket", "BucketAway", "Store", "open_store")

from surveyapp.store.bucket import Bucket, BucketAway
from surveyapp.store.shared import Store, open_store
