"""Numbers: valid telephone numbers as people type them."""

import random

import phonenumbers

# "#" is any digit; the rest is as somebody typed it.
MOBILES = {
    "IE": (
        "087 ### ####",
        "086 ### ####",
        "085-#######",
        "(083) ### ####",
        "+353 89 ### ####",
        "00353 87 #######",
    ),
    "GB": ("+44 7911 ######", "07400 ######", "07780 ### ###", "+44 (0)7712 ######"),
    "US": ("(312) 239-####", "+1 512 47#-####", "617-55#-####"),
    "ZA": ("082 ### ####", "+27 83 ### ####", "0027 72 ### ####"),
}
LANDLINES = {
    "IE": ("021 4## ####", "021 487####", "01 4## ####", "+353 21 4## ####", "091 56####"),
    "GB": ("028 90## ####", "+44 28 71## ####", "020 7### ####"),
    "US": ("(312) 239-#### x12", "+1 (512) 47#-#### ext. 4", "617.35#.####"),
    "ZA": ("021 4## ####", "+27 11 48# ####", "(031) 30# ####"),
}


def number(rng: random.Random, country: str, spellings: dict[str, tuple[str, ...]]) -> str:
    """Draw a valid number of the country."""
    while True:
        pattern = rng.choice(spellings[country])
        text = "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in pattern)
        if phonenumbers.is_valid_number(phonenumbers.parse(text, country)):
            return text
