"""Networks for the course: what may be trained, how it trains, what it sees. Plain PyTorch, no Django.

Modules that the web process may import hold only the standard library: `architectures`, `datasets`, `bounds`,
`own_sets`, `specs`, `advanced`, `schedules`, `recipes`, `events`, `diagnosis`, `catalog`, `archives`, `layers`,
`plans`, `ledger`, `reference` and `script`. Everything else needs numpy or torch and is imported by workers alone.
"""
