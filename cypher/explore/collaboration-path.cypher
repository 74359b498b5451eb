// Collaboration paths between two authors
//
// Answers: over which papers and people are these two connected? The shortest ways; no row when
// there is none within 10 papers.
//
// Parameters:
//   $first = "name:lukasz-kaiser"    id of one author
//   $second = "name:noam-shazeer"    id of the other
//   $limit = 10                      how many ways at most
// Columns:
//   papers    how many papers the way has, 1 for co-authors
//   ids       authors and papers on it, by turns
//   names     their names and titles
MATCH (first:Author {id: $first})
MATCH (second:Author {id: $second})
WHERE first <> second
MATCH path = allShortestPaths((first)-[:WROTE*..20]-(second))
WITH [node IN nodes(path) | node.id] AS ids,
     [node IN nodes(path) | CASE WHEN node:Author THEN node.name ELSE node.title END] AS names
RETURN size(ids) / 2 AS papers, ids, names
ORDER BY ids
LIMIT toInteger($limit)
