// Remove categories of earlier loads
//
// Answers: which categories of earlier loads are left? Removes them, a page at a time, when
// their relationships are gone. One that still has a relationship, which is then not
// graphbuild's, stays for its sake; it is marked as kept.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
//   $after = ""                   the last id of the page before; begin with an empty one
//   $limit = 1000                 how many nodes to look at
// Columns:
//   last       the last id of this page; null when there was none
//   removed    how many categories were removed
//   kept       how many had to stay
MATCH (category:Category)
WHERE category.id > $after
WITH category, category.id AS key
ORDER BY key
LIMIT $limit
WITH category, key, coalesce(category.graphbuild_load <> $load, false) AS stale,
     EXISTS { (category)--() } AS used
FOREACH (kept IN CASE WHEN stale AND used THEN [key] ELSE [] END |
  SET category.graphbuild_load = 'kept')
FOREACH (unused IN CASE WHEN stale AND NOT used THEN [key] ELSE [] END |
  DELETE category)
RETURN max(key) AS last,
       sum(CASE WHEN stale AND NOT used THEN 1 ELSE 0 END) AS removed,
       sum(CASE WHEN stale AND used THEN 1 ELSE 0 END) AS kept
