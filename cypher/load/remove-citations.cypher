// Remove citations of earlier loads
//
// Answers: which citations of earlier loads are left? Removes them, a page of papers at a time.
// Relationships that graphbuild did not write are left alone.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
//   $after = ""                   the last id of the page before; begin with an empty one
//   $limit = 1000                 how many nodes to look at
// Columns:
//   last       the last id of this page; null when there was none
//   removed    how many citations were removed
MATCH (paper:Paper)
WHERE paper.id > $after
WITH paper, paper.id AS key
ORDER BY key
LIMIT $limit
OPTIONAL MATCH (paper)-[stale:CITES]->()
WHERE stale.graphbuild_load <> $load
DELETE stale
RETURN max(key) AS last, count(stale) AS removed
