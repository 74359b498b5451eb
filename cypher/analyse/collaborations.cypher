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
MATCH (first:Author)-[:WROTE]->(paper:Paper)<-[:WROTE]-(second:Author)
WHERE first.id < second.id
WITH first, second, count(DISTINCT paper) AS papers
WHERE papers >= $minimum
RETURN first.id AS first, first.name AS first_name, second.id AS second,
       second.name AS second_name, papers
ORDER BY papers DESC, first, second
LIMIT toInteger($limit)
