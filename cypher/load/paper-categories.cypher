// Write the categories of papers
//
// Answers: how many of these categories of papers does the database hold now? Makes them, or
// brings those of earlier loads up to date. Relationships that graphbuild did not write are
// left alone. Where a node is missing, or is not graphbuild's, nothing is written. The papers
// are locked first, so that two loads at one time write nothing twice.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"        which load this is
//   $papers = ["arxiv:1706.03762"]    all papers of these rows
//   $categories = ["cs.CL"]           all their categories
//   $paper = [0]                      place in $papers; one entry per row from here on
//   $category = [0]                   place in $categories
//   $nth = []                         2, 3 … for a pair that comes again
//   $same = {}                        values that all of them share, whose lists are then empty
//   $is_primary = [true]
// Columns:
//   written    how many categories of papers were made or brought up to date
UNWIND range(0, size($papers) - 1) AS place
MATCH (node:Paper {id: $papers[place]})
WHERE node.graphbuild_load IS NOT NULL
WITH node, place
ORDER BY place
WITH collect(node) AS papers
UNWIND range(0, size($categories) - 1) AS place
MATCH (node:Category {id: $categories[place]})
WHERE node.graphbuild_load IS NOT NULL
WITH papers, node, place
ORDER BY place
WITH papers, collect(node) AS categories
WHERE size(papers) = size($papers) AND size(categories) = size($categories)
FOREACH (paper IN papers | SET paper.graphbuild_load = paper.graphbuild_load)
WITH papers, categories
UNWIND range(0, size($paper) - 1) AS row
WITH papers[$paper[row]] AS paper, categories[$category[row]] AS category, row
OPTIONAL MATCH (paper)-[known:IN_CATEGORY]->(category)
WHERE known.graphbuild_load IS NOT NULL
  AND coalesce(known.graphbuild_nth, 1) = coalesce($nth[row], 1)
FOREACH (missing IN CASE WHEN known IS NULL THEN [row] ELSE [] END |
  CREATE (paper)-[:IN_CATEGORY {
    graphbuild_load: $load,
    graphbuild_nth: $nth[row],
    is_primary: coalesce($same.is_primary, $is_primary[row])
  }]->(category))
FOREACH (present IN CASE WHEN known IS NULL THEN [] ELSE [row] END |
  SET known.graphbuild_load = $load,
      known.is_primary = coalesce($same.is_primary, $is_primary[row]))
RETURN count(row) AS written
