"""What can be worked out of a network's rows: costs, fields, memory, other tools' conventions."""
