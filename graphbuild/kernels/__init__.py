"""Loops over arrays, compiled by numba, for graphs of millions of papers and files of gigabytes.

Each file holds one algorithm; ``bytes`` holds what several read bytes by. The compiled code is kept
on disk: beside the file where that is writable, else in the user's cache folder, else in the folder
that the environment variable ``NUMBA_CACHE_DIR`` names, which comes first where it is set. numba is
only loaded where something is not kept yet (:mod:`graphbuild.kernels.compiling`).
"""
