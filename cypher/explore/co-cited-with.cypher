// Papers that are cited together with a paper
//
// Answers: what do those who cite this paper cite besides? (Co-citation: Small 1973,
// Marshakova 1973.)
//
// Parameters:
//   $paper = "arxiv:1409.0473"    id of the paper
//   $limit = 20                   how many papers at most
// Columns:
//   id, title, year    the other paper
//   cocitations        how many papers cite both
MATCH (paper:Paper {id: $paper})<-[:CITES]-(citing:Paper)-[:CITES]->(other:Paper)
WHERE other <> paper
RETURN other.id AS id, other.title AS title, other.year AS year, count(citing) AS cocitations
ORDER BY cocitations DESC, id
LIMIT toInteger($limit)
