// Cited, but not in the corpus
//
// Answers: which papers should be added next? Those that the corpus cites most and lacks.
//
// Parameters:
//   $limit = 20    how many papers at most
// Columns:
//   id, title, year    the missing paper, as far as its citations tell
//   citations          how many papers cite it
MATCH (cited:Paper)<-[:CITES]-(citing:Paper)
WHERE cited.in_corpus = false
RETURN cited.id AS id, cited.title AS title, cited.year AS year, count(citing) AS citations
ORDER BY citations DESC, id
LIMIT toInteger($limit)
