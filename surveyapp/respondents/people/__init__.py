"""The persons that approved lists name: matched, reconciled, handed to invitations, erased."""
