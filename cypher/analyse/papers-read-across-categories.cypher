// Papers that are read across categories
//
// Answers: which papers matter to most fields? By the primary categories of the papers that cite
// them.
//
// Parameters:
//   $limit = 20    how many papers at most
// Columns:
//   id, title, year    the paper
//   categories         in how many primary categories it is cited
//   citations          by how many papers of these
MATCH (paper:Paper)<-[:CITES]-(citing:Paper)-[filed:IN_CATEGORY]->(category:Category)
WHERE filed.is_primary = true
RETURN paper.id AS id, paper.title AS title, paper.year AS year,
       count(DISTINCT category) AS categories, count(DISTINCT citing) AS citations
ORDER BY categories DESC, citations DESC, id
LIMIT toInteger($limit)
