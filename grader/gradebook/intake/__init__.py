"""Who handed in what: folders, zips and rosters, in the layouts of the platforms."""
