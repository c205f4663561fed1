"""Bringing invitations to what the lists say: who is outstanding, batch by batch, one anew."""

__all__ = ("bulk_reissue", "outstanding")
