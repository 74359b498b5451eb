// Pairs of papers that are cited together most
//
// Answers: which two papers belong together in the eyes of those who cite them? (Co-citation:
// Small 1973, Marshakova 1973.)
//
// Parameters:
//   $minimum = 2    how many papers must cite both
//   $limit = 50     how many pairs at most
// Columns:
//   first, first_title      one paper, the smaller id
//   second, second_title    the other
//   cocitations             how many papers cite both
MATCH (first:Paper)<-[:CITES]-(citing:Paper)-[:CITES]->(second:Paper)
WHERE first.id < second.id
WITH first, second, count(citing) AS cocitations
WHERE cocitations >= $minimum
RETURN first.id AS first, first.title AS first_title, second.id AS second,
       second.title AS second_title, cocitations
ORDER BY cocitations DESC, first, second
LIMIT toInteger($limit)
