"""A trace, drawn: as a sequence diagram, as panels beside it, as text for a terminal. Pure functions of the trace."""
