"""Where merged tags went: what was said of a tag that was merged since counts for the tag it went into."""

# A WITH query of the few there are, whatever the number of tags.
HEIRS = """
heirs AS (
    WITH RECURSIVE way AS (
        SELECT id, merged_into_id AS heir FROM taxonomy_tag WHERE merged_into_id IS NOT NULL
        UNION
        SELECT way.id, tag.merged_into_id FROM way JOIN taxonomy_tag tag ON tag.id = way.heir
        WHERE tag.merged_into_id IS NOT NULL
    )
    SELECT way.id, way.heir FROM way JOIN taxonomy_tag tag ON tag.id = way.heir WHERE tag.merged_into_id IS NULL
)"""
