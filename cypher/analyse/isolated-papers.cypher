// Papers without any citation
//
// Answers: which papers neither cite anything nor are cited? No ranking and no cluster knows them.
//
// Parameters: none
// Columns:
//   id, title, year    the paper
//   sources            the kinds of input that it came from
MATCH (paper:Paper)
WHERE NOT (paper)-[:CITES]-(:Paper)
RETURN paper.id AS id, paper.title AS title, paper.year AS year, paper.sources AS sources
ORDER BY id
