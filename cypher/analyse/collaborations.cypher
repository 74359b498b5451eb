// Authors who write together most
//
// Answers: which two authors have most papers in common?
//
// Parameters:
//   $minimum = 2    how many papers they must have written together
//   $limit = 50     how many pairs at most
// Columns:
//   first, first_name      one author, the smaller id
//   second, second_name    the other
//   papers                 how many papers they wrote together
MATCH (one:Author)-[:WROTE]->(paper:Paper)<-[:WROTE]-(other:Author)
WHERE one.id < other.id
WITH one.id AS first, other.id AS second, count(DISTINCT paper) AS papers
WHERE papers >= $minimum
WITH first, second, papers
ORDER BY papers DESC, first, second
LIMIT toInteger($limit)
MATCH (one:Author {id: first})
MATCH (other:Author {id: second})
RETURN first, one.name AS first_name, second, other.name AS second_name, papers
ORDER BY papers DESC, first, second
