"""The release file → the report site: pages that open from disk, with no network and no script."""
