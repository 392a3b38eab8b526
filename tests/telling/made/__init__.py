"""How the files of ``tests/telling/files`` were made; run by hand, their results are kept."""
