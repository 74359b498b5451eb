// Papers that cite both of two papers
//
// Answers: who brings these two together?
//
// Parameters:
//   $first = "arxiv:1409.0473"     id of one paper
//   $second = "arxiv:1409.3215"    id of the other
// Columns:
//   id, title, year    the citing paper
MATCH (first:Paper {id: $first})<-[:CITES]-(citing:Paper)-[:CITES]->(second:Paper {id: $second})
RETURN citing.id AS id, citing.title AS title, citing.year AS year
ORDER BY year, id
