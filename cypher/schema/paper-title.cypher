// Papers can be found by the words of their titles
//
// Answers: nothing; makes explore/papers-by-title-words possible. It makes a full-text index.
// Needs: a Neo4j
//
// Parameters: none
// Columns: none
CREATE FULLTEXT INDEX paper_title IF NOT EXISTS
FOR (paper:Paper)
ON EACH [paper.title]
