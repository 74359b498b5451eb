// Papers of the corpus per year
//
// Answers: from which years is the corpus, and how many references come from each? Papers of
// unknown year share a row whose year is null, the last.
//
// Parameters: none
// Columns:
//   year          year of the papers
//   papers        how many papers of the corpus there are
//   references    how many citations they make
MATCH (paper:Paper)
WHERE paper.in_corpus = true
OPTIONAL MATCH (paper)-[citation:CITES]->(:Paper)
RETURN paper.year AS year, count(DISTINCT paper) AS papers, count(citation) AS references
ORDER BY year
