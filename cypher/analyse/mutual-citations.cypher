// Papers that cite each other
//
// Answers: where do citations go round? Mostly papers of one group that appeared together; else a
// merge of two versions, or a wrong match, worth a look.
//
// Parameters: none
// Columns:
//   first, first_title      one paper, the smaller id
//   second, second_title    the other
MATCH (first:Paper)-[:CITES]->(second:Paper)-[:CITES]->(first)
WHERE first.id < second.id
RETURN first.id AS first, first.title AS first_title, second.id AS second,
       second.title AS second_title
ORDER BY first, second
