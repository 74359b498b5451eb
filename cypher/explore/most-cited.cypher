// Most cited papers
//
// Answers: which papers are cited most, whether they are in the corpus or not?
//
// Parameters:
//   $limit = 20    how many papers at most
// Columns:
//   id, title, year    the paper
//   in_corpus          false for a paper that is known only because it is cited
//   citations          how many papers cite it
MATCH (cited:Paper)<-[:CITES]-(citing:Paper)
RETURN cited.id AS id, cited.title AS title, cited.year AS year, cited.in_corpus AS in_corpus,
       count(citing) AS citations
ORDER BY citations DESC, id
LIMIT toInteger($limit)
