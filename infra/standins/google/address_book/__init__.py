"""Google Contacts as an address book in a browser: what is in an account, and what its owner may do with it.

Pages read what the stand-in keeps. What they change they change as the owner, through the People API, so that
the API's rules hold for them too; only restoring from the trash has no method there.
"""
