// Citations of a paper, year by year
//
// Answers: when was this paper cited? Years without a citation have no row; citing papers of
// unknown year share one row whose year is null, the last.
//
// Parameters:
//   $paper = "arxiv:1409.0473"    id of the paper
// Columns:
//   year         year of the citing papers
//   citations    how many of them there are
MATCH (paper:Paper {id: $paper})<-[:CITES]-(citing:Paper)
RETURN citing.year AS year, count(citing) AS citations
ORDER BY year
