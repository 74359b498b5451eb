// Paper ids are unique
//
// Answers: nothing; makes finding a paper by its id fast, and a second paper of the same id
// impossible. Run it before the first load.
// Needs: a Neo4j
//
// Parameters: none
// Columns: none
CREATE CONSTRAINT paper_id IF NOT EXISTS
FOR (paper:Paper)
REQUIRE paper.id IS UNIQUE
