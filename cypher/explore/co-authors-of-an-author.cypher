// Co-authors of an author
//
// Answers: with whom has this author written, and how often?
//
// Parameters:
//   $author = "name:lukasz-kaiser"    id of the author
// Columns:
//   id, name    the co-author
//   papers      how many papers they wrote together
MATCH (author:Author {id: $author})-[:WROTE]->(paper:Paper)<-[:WROTE]-(other:Author)
WHERE other <> author
RETURN other.id AS id, other.name AS name, count(paper) AS papers
ORDER BY papers DESC, id
