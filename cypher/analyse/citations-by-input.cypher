// Citations by input and basis
//
// Answers: where do the citations come from, and how good is their evidence?
//
// Parameters: none
// Columns:
//   file          the input
//   basis         reference_list, bibliography_text or summary
//   citations     how many citations rest on it
//   suspicious    how many of them have suspicious dates
MATCH (:Paper)-[citation:CITES]->(:Paper)
RETURN citation.file AS file, citation.basis AS basis, count(citation) AS citations,
       sum(CASE WHEN citation.suspicious_date = true THEN 1 ELSE 0 END) AS suspicious
ORDER BY citations DESC, file, basis
