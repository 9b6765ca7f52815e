"""People: ordinary customers of a wireless provider in the south of Ireland, in SIMPLer's member names."""

import random
import unicodedata
from dataclasses import dataclass
from typing import Any

from faker import Faker

from infra.standins.simpler.numbers import LANDLINES, MOBILES, number

Record = dict[str, Any]

STATUSES = {"current": 82, "waiting for install": 6, "post": 10, "waiting for provision": 2}
COUNTRIES = {"IE": 85, "GB": 7, "US": 4, "ZA": 4}
SPELLINGS = {
    "IE": ("Ireland", "Ireland", "IE", ""),
    "GB": ("United Kingdom", "UK"),
    "US": ("United States", "USA"),
    "ZA": ("South Africa",),
}
LOCALES = {"IE": "en_IE", "IE in Irish": "ga_IE", "GB": "en_GB", "US": "en_US", "ZA": "en_GB"}
PLANS = ("10M/2M", "20M/5M", "30M/5M", "50M/10M", "Business 100M", "Voice + 20M/5M")
MAIL_DOMAINS = ("example.com", "example.org", "example.net")  # reserved, RFC 2606
EVERY_TWO_PHONES = 20
EVERY_TWO_EMAILS = 25
EVERY_IRISH_NAME = 10
_EIRCODE = "ACDEFHKNPRTVWXY0123456789"

# Town, county or the like, and where its postcode begins.
PLACES = {
    "IE": (
        ("Blarney", "Co. Cork", "T23"),
        ("Macroom", "Co. Cork", "P12"),
        ("Mallow", "Co. Cork", "P51"),
        ("Bandon", "Co. Cork", "P72"),
        ("Clonakilty", "Co. Cork", "P85"),
        ("Skibbereen", "Co. Cork", "P81"),
        ("Midleton", "Co. Cork", "P25"),
        ("Killarney", "Co. Kerry", "V93"),
        ("Tralee", "Co. Kerry", "V92"),
        ("Dún Garbhán", "Co. Waterford", "X35"),
    ),
    "GB": (
        ("Newry", "Co. Down", "BT34"),
        ("Derry", "Co. Londonderry", "BT48"),
        ("Holyhead", "Anglesey", "LL65"),
    ),
    "US": (("Chicago", "IL", "606"), ("Boston", "MA", "021"), ("Austin", "TX", "787")),
    "ZA": (("Stellenbosch", "Western Cape", "76"), ("Durban", "KwaZulu-Natal", "40")),
}


@dataclass(frozen=True, slots=True)
class _Person:
    first: str
    last: str

    @property
    def local_part(self) -> str:
        plain = unicodedata.normalize("NFKD", f"{self.first}.{self.last}").encode("ascii", "ignore").decode()
        return plain.lower().replace("'", "").replace(" ", "")


class People:
    """Makes customers, the same ones for the same seed, whatever else draws random numbers."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._fakers = {country: Faker(locale) for country, locale in LOCALES.items()}
        for faker in self._fakers.values():
            faker.seed_instance(self.rng.randrange(2**32))
        self._made = 0

    def customer(self) -> Record:
        """Return the next customer."""
        self._made += 1
        rng = self.rng
        country = _weighted(rng, COUNTRIES)
        faker = self._fakers[country]
        speaks_irish = country == "IE" and self._made % EVERY_IRISH_NAME == 0
        namer = self._fakers["IE in Irish"] if speaks_irish else faker
        person = _Person(namer.first_name(), namer.last_name())
        is_company = rng.random() < 0.15  # noqa: PLR2004  about one customer in seven is a business
        company = f"{faker.last_name()} {rng.choice(('Farm Ltd', 'Motors', 'Stores', '& Sons', 'Hotel'))}"
        return {
            "customerid": 1000 + self._made,
            "nickname": f"{person.local_part.replace('.', '')[:12]}{self._made}",
            "name": company if is_company else f"{person.first} {person.last}",
            "customer_type": "business" if is_company else "residential",
            "contact_first": person.first,
            "contact_last": person.last,
            "status": _weighted(rng, STATUSES),
            **self._reach(country, person),
            **self._home(country, faker),
            **self._network(),
        }

    def _reach(self, country: str, person: _Person) -> Record:
        rng = self.rng
        mobile = number(rng, country, MOBILES)
        email = f"{person.local_part}@{rng.choice(MAIL_DOMAINS)}"
        if self._made % EVERY_TWO_PHONES == 0:
            mobile += " / " + number(rng, country, MOBILES)
        if self._made % EVERY_TWO_EMAILS == 0:
            email += f"; accounts{self._made}@{rng.choice(MAIL_DOMAINS)}"
        has_landline = rng.random() < 0.4  # noqa: PLR2004  two in five
        return {
            "mobile": mobile,
            "phone": number(rng, country, LANDLINES) if has_landline else "",
            "email": email,
        }

    def _home(self, country: str, faker: Faker) -> Record:
        rng = self.rng
        town, region, code = rng.choice(PLACES[country])
        return {
            "address1": f"{rng.randint(1, 120)} {faker.street_name()}",
            "address2": "",
            "city": town,
            "county": region,
            "postcode": self._postcode(country, code),
            "country": rng.choice(SPELLINGS[country]),
        }

    def _postcode(self, country: str, code: str) -> str:
        rng = self.rng
        match country:
            case "IE":
                return f"{code} {''.join(rng.choices(_EIRCODE, k=4))}"
            case "GB":
                return f"{code} {rng.randrange(10)}{''.join(rng.choices('ABDEFGHJLNPQRSTUWXYZ', k=2))}"
        return f"{code}{rng.randrange(10)}{rng.randrange(10)}"

    def _network(self) -> Record:
        rng = self.rng
        site = rng.choice(PLACES["IE"])[0]
        return {"site": site, "ap_nickname": f"{site} AP{rng.randint(1, 4)}", "product": rng.choice(PLANS)}


def _weighted(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
