"""Staff: who they are, what they may do, and the trail of what they did.

`access.require` is the only place that decides what somebody may see; `Act(actor, now, keys)` goes with everything
that staff set in motion, and `audit.record` enters it. `__all__` is what other packages may use.
"""

__all__ = (
    "access",
    "act",
    "actions",
    "audit",
    "audit_head",
    "errors",
    "factors",
    "links",
    "models",
    "passwords",
    "queries",
    "second_person",
    "service",
    "signing_in",
    "states",
)
