// Authors who cite themselves
//
// Answers: how much of what an author cites is their own?
//
// Parameters:
//   $minimum = 5    how many citations the author's papers must make
//   $limit = 50     how many authors at most
// Columns:
//   id, name          the author
//   citations         how many citations their papers make
//   self_citations    how many of them go to papers of the same author
MATCH (author:Author)-[:WROTE]->(paper:Paper)
WITH DISTINCT author, paper
WITH author, collect(paper) AS own
UNWIND own AS citing
MATCH (citing)-[:CITES]->(cited:Paper)
WITH author.id AS id, count(*) AS citations,
     sum(CASE WHEN cited IN own THEN 1 ELSE 0 END) AS self_citations
WHERE citations >= $minimum AND self_citations > 0
WITH id, citations, self_citations
ORDER BY self_citations * 1.0 / citations DESC, citations DESC, id
LIMIT toInteger($limit)
MATCH (author:Author {id: id})
RETURN id, author.name AS name, citations, self_citations
ORDER BY self_citations * 1.0 / citations DESC, citations DESC, id
