"""What can go wrong when messages are prepared and sent."""

from uuid import UUID

from surveyapp.delivery.states import WaveState
from surveyapp.invitations.errors import InvitationError
from surveyapp.messaging.templates import TemplateFault


class DeliveryError(InvitationError):
    """Root of the failures of delivery."""


class UnknownWave(DeliveryError):
    """The campaign has no such wave."""

    def __init__(self, wave_id: UUID) -> None:
        super().__init__(str(wave_id))
        self.wave_id = wave_id


class WaveInOtherState(DeliveryError):
    """The wave is past this step, or not there yet; `state` is where it stands."""

    def __init__(self, state: WaveState) -> None:
        super().__init__(state)
        self.state = state


class WaveRefused(DeliveryError):
    """The wave as described cannot be; `faults` maps a field to what is wrong with it."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {fault}" for field, fault in faults.items()))
        self.faults = faults


class CountMistyped(DeliveryError):
    """What was typed to confirm a wave is not the number of people it would reach."""

    def __init__(self, expected: int, typed: str) -> None:
        super().__init__(f"{typed!r} instead of {expected}")
        self.expected, self.typed = expected, typed


class CountMoved(DeliveryError):
    """The wave would reach `now` people and not the `shown`: more has changed than people answering."""

    def __init__(self, shown: int, now: int) -> None:
        super().__init__(f"{now} instead of {shown}")
        self.shown, self.now = shown, now


class WarningsUnread(DeliveryError):
    """The wave has warnings that were not confirmed; `kinds` names them."""

    def __init__(self, kinds: list[str]) -> None:
        super().__init__(", ".join(kinds))
        self.kinds = kinds


class NobodyToSendTo(DeliveryError):
    """Nobody would get a message of this wave now."""


class TemplateRefused(DeliveryError):
    """The words cannot be sent as they stand; `faults` says why."""

    def __init__(self, faults: list[TemplateFault]) -> None:
        super().__init__(", ".join(f"{one.place} {one.fault} {one.detail}" for one in faults))
        self.faults = faults


class NoLetters(DeliveryError):
    """No letter of this unit waits to be printed."""


class UnknownBatch(DeliveryError):
    """There is no such batch of letters."""

    def __init__(self, batch_id: UUID) -> None:
        super().__init__(str(batch_id))
        self.batch_id = batch_id
