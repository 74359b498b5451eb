// Papers that cite a paper
//
// Answers: who cites this paper, and which of them are cited most themselves?
//
// Parameters:
//   $paper = "arxiv:1409.0473"    id of the paper
//   $limit = 50                   how many papers at most
// Columns:
//   id, title, year    the citing paper
//   citations          how many papers cite it in turn
MATCH (paper:Paper {id: $paper})<-[:CITES]-(citing:Paper)
RETURN citing.id AS id, citing.title AS title, citing.year AS year,
       COUNT { (citing)<-[:CITES]-(:Paper) } AS citations
ORDER BY citations DESC, id
LIMIT toInteger($limit)
