"""How fast it is: `make bench`. Ratios within one run, on loopback, bounded in count and time; not in `make test`."""
