"""A made taxonomy of any size, with names as taxonomies have them."""
