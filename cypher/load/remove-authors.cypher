// Remove authors of earlier loads
//
// Answers: which authors of earlier loads are left? Removes them, a page at a time, when their
// relationships are gone. One that still has a relationship, which is then not graphbuild's,
// stays for its sake; it is marked as kept.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
//   $after = ""                   the last id of the page before; begin with an empty one
//   $limit = 1000                 how many nodes to look at
// Columns:
//   last       the last id of this page; null when there was none
//   removed    how many authors were removed
//   kept       how many had to stay
MATCH (author:Author)
WHERE author.id > $after
WITH author, author.id AS key
ORDER BY key
LIMIT $limit
WITH author, key, coalesce(author.graphbuild_load <> $load, false) AS stale,
     EXISTS { (author)--() } AS used
FOREACH (kept IN CASE WHEN stale AND used THEN [key] ELSE [] END |
  SET author.graphbuild_load = 'kept')
FOREACH (unused IN CASE WHEN stale AND NOT used THEN [key] ELSE [] END |
  DELETE author)
RETURN max(key) AS last,
       sum(CASE WHEN stale AND NOT used THEN 1 ELSE 0 END) AS removed,
       sum(CASE WHEN stale AND used THEN 1 ELSE 0 END) AS kept
