// Citations of later papers
//
// Answers: which citations have suspicious dates? Those whose cited paper is dated more than a year
// after the citing one. Often a year is wrong, or two papers were taken for one.
//
// Parameters: none
// Columns:
//   citing, citing_year    the citing paper
//   cited, cited_year      the cited one
//   evidence               the reference as the input has it
MATCH (citing:Paper)-[citation:CITES]->(cited:Paper)
WHERE citation.suspicious_date = true
RETURN citing.id AS citing, citing.year AS citing_year, cited.id AS cited,
       cited.year AS cited_year, citation.evidence AS evidence
ORDER BY citing, cited
