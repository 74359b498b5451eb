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
MATCH (author:Author)-[:WROTE]->(citing:Paper)-[:CITES]->(cited:Paper)
WITH DISTINCT author, citing, cited
WITH author, count(*) AS citations,
     sum(CASE WHEN EXISTS { (author)-[:WROTE]->(cited) } THEN 1 ELSE 0 END) AS self_citations
WHERE citations >= $minimum AND self_citations > 0
RETURN author.id AS id, author.name AS name, citations, self_citations
ORDER BY self_citations * 1.0 / citations DESC, citations DESC, id
LIMIT toInteger($limit)
