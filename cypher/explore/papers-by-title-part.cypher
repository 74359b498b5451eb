// Papers whose titles contain words
//
// Answers: which papers have all of these words, or parts of words, somewhere in their titles?
// explore/papers-by-title-words asks Neo4j's full-text index instead, which knows what fits best.
//
// Parameters:
//   $words = ["neural", "translation"]    words or parts of words, in any case
//   $limit = 20                           how many papers at most
// Columns:
//   id, title, year    the paper
//   citations          how many papers cite it
MATCH (paper:Paper)
WHERE all(word IN $words WHERE toLower(paper.title) CONTAINS toLower(word))
OPTIONAL MATCH (paper)<-[:CITES]-(citing:Paper)
RETURN paper.id AS id, paper.title AS title, paper.year AS year, count(citing) AS citations
ORDER BY citations DESC, id
LIMIT toInteger($limit)
