"""Contact: from a record of SIMPLer's to a card, neutral of any format, and to a vCard."""
