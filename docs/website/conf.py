"""Sphinx's settings; `build.py` has gathered the pages by the time they are read."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from papernets import __version__  # noqa: E402

project = "Papernets"
author = "Papernets"
copyright = "the authors of Papernets, Apache-2.0"
version = release = __version__
language = "en"
extensions = ["myst_parser", "sphinx.ext.autodoc", "website.reading"]
myst_enable_extensions = ["colon_fence", "deflist", "attrs_block", "attrs_inline"]
myst_heading_anchors = 5
myst_all_links_external = False
suppress_warnings = [
    "myst.header"
]  # fidelity.md skips a level where a paper has no errata of one kind

# Docstrings are prose with `code` in it.
default_role = "literal"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
nitpicky = True
# What the public names take that is not ours, or that no public function returns.
nitpick_ignore_regex = [("py:.*", r"(?!papernets\.).*"), ("py:.*", r"papernets\.\w+\..*")]

html_theme = "furo"
html_title = "Papernets"
html_static_path = [str(HERE / "static")]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_search_scorer = str(HERE / "static" / "scorer.js")
html_show_search_summary = False  # would be fetched, which a browser refuses from disk
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_theme_options = {
    "navigation_with_keys": False,
    "top_of_page_buttons": [],
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
