// Papers by the words of their titles
//
// Answers: which papers have these words in their titles, best match first?
// Needs: a Neo4j with the index of schema/paper-title
//
// Parameters:
//   $words = "neural translation"    words, as Lucene queries write them
//   $limit = 20                      how many papers at most
// Columns:
//   id, title, year    the paper
//   score              how well its title matches; only the order means something
CALL db.index.fulltext.queryNodes('paper_title', $words)
YIELD node, score
RETURN node.id AS id, node.title AS title, node.year AS year, score
ORDER BY score DESC, id
LIMIT toInteger($limit)
