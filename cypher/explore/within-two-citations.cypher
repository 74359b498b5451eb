// Everything within two citations of a paper
//
// Answers: what is this paper's neighbourhood, in whichever direction the citations go?
//
// Parameters:
//   $paper = "arxiv:1409.0473"    id of the paper
// Columns:
//   id, title, year    the other paper
//   distance           1 for a paper that cites it or that it cites, else 2
MATCH path = (paper:Paper {id: $paper})-[:CITES*1..2]-(other:Paper)
WHERE other <> paper
RETURN other.id AS id, other.title AS title, other.year AS year, min(length(path)) AS distance
ORDER BY distance, id
