"""How the rule book answers: conflicts, repairs, the best set, contradictions. Pure, no database.

`taxonomy.rules` is its face; nothing else here is called from outside the taxonomy.
"""
