"""Loops over CSR arrays, compiled by numba, for graphs of millions of papers.

Each file holds one algorithm, and everything that is compiled with it. The compiled code is kept on
disk: beside the file where that is writable, else in the user's cache folder, else in the folder
that the environment variable ``NUMBA_CACHE_DIR`` names, which comes first where it is set. numba is
loaded by importing a file of this package, which takes a fifth of a second: analyses of small
graphs don't.
"""
