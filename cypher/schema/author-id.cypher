// Author ids are unique
//
// Answers: nothing; makes finding an author by id fast, and a second author of the same id
// impossible. Run it before the first load.
// Needs: a Neo4j
//
// Parameters: none
// Columns: none
CREATE CONSTRAINT author_id IF NOT EXISTS
FOR (author:Author)
REQUIRE author.id IS UNIQUE
