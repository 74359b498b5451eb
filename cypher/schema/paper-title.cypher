// Papers can be found by the words of their titles
//
// Answers: nothing; makes explore/papers-by-title-words possible. Neo4j only: it makes a full-text
// index.
//
// Parameters: none
// Columns: none
CREATE FULLTEXT INDEX paper_title IF NOT EXISTS
FOR (paper:Paper)
ON EACH [paper.title]
