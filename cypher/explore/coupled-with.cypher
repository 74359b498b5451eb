// Papers that share references with a paper
//
// Answers: which papers stand on the same shoulders? (Bibliographic coupling: Kessler 1963.)
//
// Parameters:
//   $paper = "arxiv:1706.03762"    id of the paper
//   $limit = 20                    how many papers at most
// Columns:
//   id, title, year      the other paper
//   shared_references    how many papers both cite
MATCH (paper:Paper {id: $paper})-[:CITES]->(cited:Paper)<-[:CITES]-(other:Paper)
WHERE other <> paper
RETURN other.id AS id, other.title AS title, other.year AS year,
       count(cited) AS shared_references
ORDER BY shared_references DESC, id
LIMIT toInteger($limit)
