"""What takes the whole house at once: keeping an installation going, the end of a campaign's people.

`__all__` is what other packages may use.
"""

__all__ = (
    "backup",
    "doctor",
    "erasing",
    "installation",
    "installing",
    "models",
    "personal_data",
    "wall",
    "watch",
)
