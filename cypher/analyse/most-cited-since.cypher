// Most cited by recent papers
//
// Answers: what does the field build on now? Citations by papers of a year or later count.
//
// Parameters:
//   $since = 2016    the first year of the citing papers
//   $limit = 20      how many papers at most
// Columns:
//   id, title, year     the paper
//   recent_citations    how many papers of these years cite it
//   citations           how many papers cite it in all
MATCH (paper:Paper)<-[:CITES]-(citing:Paper)
WITH paper, count(citing) AS citations,
     sum(CASE WHEN citing.year >= $since THEN 1 ELSE 0 END) AS recent_citations
WHERE recent_citations > 0
RETURN paper.id AS id, paper.title AS title, paper.year AS year, recent_citations, citations
ORDER BY recent_citations DESC, id
LIMIT toInteger($limit)
