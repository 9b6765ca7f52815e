"""Desired cards: those of the contacts on a list of customers."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from shared.domain.contact.card import Card, make_card
from shared.domain.contact.customer_list import CustomerList
from shared.domain.model.wisp import Wisp

_READ_BEFORE = 1024
"""Cards that are remembered: accounts that are written side by side want the same ones."""


class DesiredCards(Mapping[str, Card]):
    """The cards of those customers on a roll who are contacts, by id; each is made when it is asked for."""

    def __init__(self, roll: CustomerList, wisp: Wisp) -> None:
        """Take those whose status the wisp wants."""
        wants = {status: wisp.wants(status) for status in {listed.status for listed in roll.listed}}
        self._roll = roll
        self._wisp = wisp
        self._listed = {listed.id: listed for listed in roll.listed if wants[listed.status]}
        self._make = lru_cache(_READ_BEFORE)(self._made)

    def __getitem__(self, customer: str) -> Card:
        return self._make(customer)

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def __contains__(self, customer: object) -> bool:
        return customer in self._listed

    def digests(self) -> Mapping[str, str]:
        """The digests of the records that they are made from, where any were taken."""
        return {id_: listed.digest for id_, listed in self._listed.items() if listed.digest}

    def _made(self, customer: str) -> Card:
        return make_card(self._roll.read(self._listed[customer]), self._wisp)
