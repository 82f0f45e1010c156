"""Previews of pull requests: what the jobs of .github/workflows/pages.yml run, one program each.

fetch asks GitHub, build renders, place puts all into one site, comment tells. Only build needs more than Python.
"""
