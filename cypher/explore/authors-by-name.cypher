// Authors by a part of their names
//
// Answers: which authors have this in any spelling of their names, and what are their ids?
//
// Parameters:
//   $name = "kaiser"    a part of the name, in any case
//   $limit = 20         how many authors at most
// Columns:
//   id, name, names    the author, and all spellings met
//   papers             how many papers they wrote
MATCH (author:Author)
WHERE any(spelling IN author.names WHERE toLower(spelling) CONTAINS toLower($name))
OPTIONAL MATCH (author)-[:WROTE]->(paper:Paper)
RETURN author.id AS id, author.name AS name, author.names AS names,
       count(DISTINCT paper) AS papers
ORDER BY papers DESC, id
LIMIT toInteger($limit)
