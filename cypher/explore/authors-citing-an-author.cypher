// Authors who cite an author
//
// Answers: who builds on this author's work? The author's own later papers don't count.
//
// Parameters:
//   $author = "name:lukasz-kaiser"    id of the author
//   $limit = 20                       how many authors at most
// Columns:
//   id, name         the author who cites
//   citing_papers    how many of their papers cite any of the author's
MATCH (author:Author {id: $author})-[:WROTE]->(:Paper)<-[:CITES]-(citing:Paper)
      <-[:WROTE]-(other:Author)
WHERE other <> author
RETURN other.id AS id, other.name AS name, count(DISTINCT citing) AS citing_papers
ORDER BY citing_papers DESC, id
LIMIT toInteger($limit)
