// References of a paper
//
// Answers: what does this paper cite, and which of it do others cite most?
//
// Parameters:
//   $paper = "arxiv:1706.03762"    id of the paper
// Columns:
//   id, title, year    the cited paper
//   citations          how many papers cite it
//   basis              why the citation is believed
//   evidence           the reference as the input has it
MATCH (paper:Paper {id: $paper})-[citation:CITES]->(cited:Paper)
RETURN cited.id AS id, cited.title AS title, cited.year AS year,
       COUNT { (cited)<-[:CITES]-(:Paper) } AS citations,
       citation.basis AS basis, citation.evidence AS evidence
ORDER BY citations DESC, id
