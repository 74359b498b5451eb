// Category ids are unique
//
// Answers: nothing; makes finding a category fast, and a second one of the same id impossible.
// Run it before the first load.
// Needs: a Neo4j
//
// Parameters: none
// Columns: none
CREATE CONSTRAINT category_id IF NOT EXISTS
FOR (category:Category)
REQUIRE category.id IS UNIQUE
