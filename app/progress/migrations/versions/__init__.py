"""One file for each schema that was released, never changed afterwards."""
