"""Chance with a seed: the same seed gives the same question, everywhere and always."""

from random import Random

from app.tcp.segment import CIRCLE

NEAR_WRAP = 0.15  # how often an ISN is chosen so that the connection's numbers pass 2^32


class Dice(Random):
    """What generators draw from. Its numbers give nothing away: lengths are not round, ISNs are of all 32 bits."""

    def isn(self) -> int:
        """An initial sequence number, now and then just below 2^32."""
        return CIRCLE - self.randint(1, 400) if self.random() < NEAR_WRAP else self.randrange(CIRCLE)

    def length(self, least: int = 21, most: int = 1399) -> int:
        """A number of bytes that is not round."""
        length = self.randint(least, most)
        return length + 3 if length % 10 == 0 else length

    def delay(self) -> int:
        """A one-way delay in ms."""
        return self.choice((10, 15, 20, 25, 30, 35, 40, 45))


def dice(generator: str, seed: int, attempt: int) -> Dice:
    """Dice for one attempt at a question."""
    return Dice(f"{generator}/{seed}/{attempt}")
