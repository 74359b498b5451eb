// Citation paths from one paper to another
//
// Answers: how did the idea get from the older paper to the newer one? The shortest ways along
// citations, from the paper that cites to the one that is cited; no row when there is none within
// 20 steps.
//
// Parameters:
//   $citing = "arxiv:1706.03762"    id of the newer paper
//   $cited = "arxiv:1409.0473"      id of the older one
//   $limit = 10                     how many ways at most
// Columns:
//   citations    how many citations the way has
//   ids          the papers on it, the newer first
//   titles       their titles
MATCH (newer:Paper {id: $citing})
MATCH (older:Paper {id: $cited})
WHERE newer <> older
MATCH path = allShortestPaths((newer)-[:CITES*..20]->(older))
WITH [paper IN nodes(path) | paper.id] AS ids,
     [paper IN nodes(path) | coalesce(paper.title, paper.id)] AS titles
RETURN size(ids) - 1 AS citations, ids, titles
ORDER BY ids
LIMIT toInteger($limit)
