// Papers can be found by year
//
// Answers: nothing; makes conditions such as paper.year >= 2015 fast.
// Needs: a Neo4j
//
// Parameters: none
// Columns: none
CREATE INDEX paper_year IF NOT EXISTS
FOR (paper:Paper)
ON (paper.year)
