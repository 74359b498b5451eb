// Count what graphbuild wrote
//
// Answers: how much of each kind did graphbuild write, how much of it did this load write, and
// how much was removed but for the sake of a relationship that somebody else made? What
// somebody else wrote is not counted.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
// Columns:
//   kind         papers, authors, categories, citations, authorships or paper-categories
//   written      how many there are of any load
//   this_load    how many there are of this load
//   kept         how many are there for the sake of others alone
MATCH (node:Paper)
WHERE node.graphbuild_load IS NOT NULL
RETURN 'papers' AS kind, count(node) AS written,
       sum(CASE WHEN node.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load,
       sum(CASE WHEN node.graphbuild_load = 'kept' THEN 1 ELSE 0 END) AS kept
UNION ALL
MATCH (node:Author)
WHERE node.graphbuild_load IS NOT NULL
RETURN 'authors' AS kind, count(node) AS written,
       sum(CASE WHEN node.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load,
       sum(CASE WHEN node.graphbuild_load = 'kept' THEN 1 ELSE 0 END) AS kept
UNION ALL
MATCH (node:Category)
WHERE node.graphbuild_load IS NOT NULL
RETURN 'categories' AS kind, count(node) AS written,
       sum(CASE WHEN node.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load,
       sum(CASE WHEN node.graphbuild_load = 'kept' THEN 1 ELSE 0 END) AS kept
UNION ALL
MATCH ()-[relationship:CITES]->()
WHERE relationship.graphbuild_load IS NOT NULL
RETURN 'citations' AS kind, count(relationship) AS written,
       sum(CASE WHEN relationship.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load,
       sum(CASE WHEN relationship.graphbuild_load = 'kept' THEN 1 ELSE 0 END) AS kept
UNION ALL
MATCH ()-[relationship:WROTE]->()
WHERE relationship.graphbuild_load IS NOT NULL
RETURN 'authorships' AS kind, count(relationship) AS written,
       sum(CASE WHEN relationship.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load,
       sum(CASE WHEN relationship.graphbuild_load = 'kept' THEN 1 ELSE 0 END) AS kept
UNION ALL
MATCH ()-[relationship:IN_CATEGORY]->()
WHERE relationship.graphbuild_load IS NOT NULL
RETURN 'paper-categories' AS kind, count(relationship) AS written,
       sum(CASE WHEN relationship.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load,
       sum(CASE WHEN relationship.graphbuild_load = 'kept' THEN 1 ELSE 0 END) AS kept
