// Papers of the corpus without references
//
// Answers: of which papers did the input give no references? They can't cite anything here, so
// rankings and clusters know them only by who cites them.
//
// Parameters: none
// Columns:
//   id, title, year    the paper
//   sources            the kinds of input that it came from
MATCH (paper:Paper)
WHERE paper.in_corpus = true AND NOT (paper)-[:CITES]->(:Paper)
RETURN paper.id AS id, paper.title AS title, paper.year AS year, paper.sources AS sources
ORDER BY id
