"""The layouts in which learning platforms give a class's files, one file each."""
