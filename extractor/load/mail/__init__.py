"""Mail and web archives (.eml, .mht): the report in the body or attached."""
