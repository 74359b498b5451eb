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
MATCH (one:Paper)<-[:CITES]-(citing:Paper)-[:CITES]->(other:Paper)
WHERE one.id < other.id
WITH one.id AS first, other.id AS second, count(citing) AS cocitations
WHERE cocitations >= $minimum
WITH first, second, cocitations
ORDER BY cocitations DESC, first, second
LIMIT toInteger($limit)
MATCH (one:Paper {id: first})
MATCH (other:Paper {id: second})
RETURN first, one.title AS first_title, second, other.title AS second_title, cocitations
ORDER BY cocitations DESC, first, second
