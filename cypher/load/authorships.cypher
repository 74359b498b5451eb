// Write who wrote what
//
// Answers: how many of these authorships does the database hold now? Makes them, or brings
// those of earlier loads up to date. Relationships that graphbuild did not write are left
// alone. Where a node is missing, or is not graphbuild's, nothing is written. The papers are
// locked first, so that two loads at one time write nothing twice.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"           which load this is
//   $authors = ["name:lukasz-kaiser"]    all authors of these authorships
//   $papers = ["arxiv:1706.03762"]       all their papers
//   $author = [0]                        place in $authors; one entry per authorship from here on
//   $paper = [0]                         place in $papers
//   $nth = []                            2, 3 … for a pair that comes again
//   $null_lists = []                     names of lists that are null and not empty
//   $same = {}                           values that all of them share, whose lists are then empty
//   $position = [2]
//   $affiliations = []
// Columns:
//   written    how many authorships were made or brought up to date
UNWIND range(0, size($authors) - 1) AS place
MATCH (node:Author {id: $authors[place]})
WHERE node.graphbuild_load IS NOT NULL
WITH node, place
ORDER BY place
WITH collect(node) AS authors
UNWIND range(0, size($papers) - 1) AS place
MATCH (node:Paper {id: $papers[place]})
WHERE node.graphbuild_load IS NOT NULL
WITH authors, node, place
ORDER BY place
WITH authors, collect(node) AS papers
WHERE size(authors) = size($authors) AND size(papers) = size($papers)
FOREACH (paper IN papers | SET paper.graphbuild_load = paper.graphbuild_load)
WITH authors, papers
UNWIND range(0, size($author) - 1) AS row
WITH authors[$author[row]] AS author, papers[$paper[row]] AS paper, row
OPTIONAL MATCH (author)-[known:WROTE]->(paper)
WHERE known.graphbuild_load IS NOT NULL
  AND coalesce(known.graphbuild_nth, 1) = coalesce($nth[row], 1)
FOREACH (missing IN CASE WHEN known IS NULL THEN [row] ELSE [] END |
  CREATE (author)-[:WROTE {
    graphbuild_load: $load,
    graphbuild_nth: $nth[row],
    graphbuild_null: $null_lists[row],
    position: coalesce($same.position, $position[row]),
    affiliations: coalesce($same.affiliations, $affiliations[row])
  }]->(paper))
FOREACH (present IN CASE WHEN known IS NULL THEN [] ELSE [row] END |
  SET known.graphbuild_load = $load,
      known.graphbuild_null = $null_lists[row],
      known.position = coalesce($same.position, $position[row]),
      known.affiliations = coalesce($same.affiliations, $affiliations[row]))
RETURN count(row) AS written
