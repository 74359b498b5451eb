// Authors who cite each other
//
// Answers: which two authors read each other's work? Both must cite the other; a paper that both
// wrote counts in both directions.
//
// Parameters:
//   $limit = 50    how many pairs at most
// Columns:
//   first, first_name      one author, the smaller id
//   second, second_name    the other
//   first_to_second        how many citations go from papers of the first to papers of the second
//   second_to_first        and how many back
MATCH (reader:Author)-[:WROTE]->(citing:Paper)-[:CITES]->(cited:Paper)<-[:WROTE]-(read:Author)
WHERE reader <> read
WITH DISTINCT reader.id AS reader, citing.id AS citing, cited.id AS cited, read.id AS read
WITH CASE WHEN reader < read THEN reader ELSE read END AS first,
     CASE WHEN reader < read THEN read ELSE reader END AS second,
     CASE WHEN reader < read THEN 1 ELSE 0 END AS forth
WITH first, second, sum(forth) AS first_to_second, sum(1 - forth) AS second_to_first
WHERE first_to_second > 0 AND second_to_first > 0
WITH first, second, first_to_second, second_to_first
ORDER BY first_to_second + second_to_first DESC, first, second
LIMIT toInteger($limit)
MATCH (one:Author {id: first})
MATCH (other:Author {id: second})
RETURN first, one.name AS first_name, second, other.name AS second_name, first_to_second,
       second_to_first
ORDER BY first_to_second + second_to_first DESC, first, second
