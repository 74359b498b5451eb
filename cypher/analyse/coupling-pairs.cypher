// Pairs of papers that share most references
//
// Answers: which two papers work on the same thing, going by what they cite? (Bibliographic
// coupling: Kessler 1963.)
//
// Parameters:
//   $minimum = 2    how many references must be shared
//   $limit = 50     how many pairs at most
// Columns:
//   first, first_title      one paper, the smaller id
//   second, second_title    the other
//   shared_references       how many papers both cite
MATCH (one:Paper)-[:CITES]->(cited:Paper)<-[:CITES]-(other:Paper)
WHERE one.id < other.id
WITH one.id AS first, other.id AS second, count(cited) AS shared_references
WHERE shared_references >= $minimum
WITH first, second, shared_references
ORDER BY shared_references DESC, first, second
LIMIT toInteger($limit)
MATCH (one:Paper {id: first})
MATCH (other:Paper {id: second})
RETURN first, one.title AS first_title, second, other.title AS second_title, shared_references
ORDER BY shared_references DESC, first, second
