"""Functions of the standard library that people write again, by the names that they give them.

Kept by hand. Only names that leave no doubt; whether the two agree in every corner is the reader's question.
"""

from __future__ import annotations

STANDARD: dict[str, tuple[str, int]] = {
    "batched": ("itertools.batched (Python 3.12)", 2),
    "camel_to_title": ("str.title", 1),
    "chain_iterables": ("itertools.chain", 1),
    "copy_file": ("shutil.copy", 2),
    "copy_tree": ("shutil.copytree", 2),
    "count_items": ("collections.Counter", 1),
    "count_occurrences": ("collections.Counter", 1),
    "dedent_text": ("textwrap.dedent", 1),
    "deep_copy": ("copy.deepcopy", 1),
    "escape_html": ("html.escape", 1),
    "unescape_html": ("html.unescape", 1),
    "factorial": ("math.factorial", 1),
    "flatten_lists": ("itertools.chain.from_iterable", 1),
    "gcd": ("math.gcd", 2),
    "lcm": ("math.lcm", 2),
    "get_extension": ("os.path.splitext", 1),
    "human_sort_key": ("str.casefold", 1),
    "is_close": ("math.isclose", 2),
    "is_leap_year": ("calendar.isleap", 1),
    "days_in_month": ("calendar.monthrange", 2),
    "levenshtein_ratio": ("difflib.SequenceMatcher.ratio", 2),
    "make_dirs": ("os.makedirs", 1),
    "median": ("statistics.median", 1),
    "memoise": ("functools.cache", 1),
    "memoize": ("functools.cache", 1),
    "pairwise": ("itertools.pairwise", 1),
    "parse_iso_date": ("datetime.date.fromisoformat", 1),
    "parse_query_string": ("urllib.parse.parse_qs", 1),
    "product_of": ("math.prod", 1),
    "read_file": ("pathlib.Path.read_text", 1),
    "remove_prefix": ("str.removeprefix", 2),
    "remove_suffix": ("str.removesuffix", 2),
    "strip_prefix": ("str.removeprefix", 2),
    "strip_suffix": ("str.removesuffix", 2),
    "shell_quote": ("shlex.quote", 1),
    "split_command": ("shlex.split", 1),
    "standard_deviation": ("statistics.stdev", 1),
    "url_encode": ("urllib.parse.quote", 1),
    "url_decode": ("urllib.parse.unquote", 1),
    "url_join": ("urllib.parse.urljoin", 2),
    "wrap_text": ("textwrap.wrap", 2),
}
"""By the name in snake_case: what the standard library calls it, and how many parameters it takes."""
