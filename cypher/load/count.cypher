// Count what graphbuild wrote
//
// Answers: how much of each kind did graphbuild write, and how much of it did this load write?
// What somebody else wrote is not counted, and neither is what was kept for the sake of a
// relationship that somebody else made.
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
// Columns:
//   kind         papers, authors, categories, citations, authorships or paper-categories
//   all_loads    how many there are of any load
//   this_load    how many there are of this load
MATCH (node:Paper)
WHERE node.graphbuild_load <> 'kept'
RETURN 'papers' AS kind, count(node) AS all_loads,
       sum(CASE WHEN node.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load
UNION ALL
MATCH (node:Author)
WHERE node.graphbuild_load <> 'kept'
RETURN 'authors' AS kind, count(node) AS all_loads,
       sum(CASE WHEN node.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load
UNION ALL
MATCH (node:Category)
WHERE node.graphbuild_load <> 'kept'
RETURN 'categories' AS kind, count(node) AS all_loads,
       sum(CASE WHEN node.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load
UNION ALL
MATCH ()-[relationship:CITES]->()
WHERE relationship.graphbuild_load <> 'kept'
RETURN 'citations' AS kind, count(relationship) AS all_loads,
       sum(CASE WHEN relationship.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load
UNION ALL
MATCH ()-[relationship:WROTE]->()
WHERE relationship.graphbuild_load <> 'kept'
RETURN 'authorships' AS kind, count(relationship) AS all_loads,
       sum(CASE WHEN relationship.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load
UNION ALL
MATCH ()-[relationship:IN_CATEGORY]->()
WHERE relationship.graphbuild_load <> 'kept'
RETURN 'paper-categories' AS kind, count(relationship) AS all_loads,
       sum(CASE WHEN relationship.graphbuild_load = $load THEN 1 ELSE 0 END) AS this_load
