// Papers of a category
//
// Answers: what has been published in this category, most cited first?
//
// Parameters:
//   $category = "cs.CL"    id of the category
//   $limit = 20            how many papers at most
// Columns:
//   id, title, year    the paper
//   is_primary         whether this is its primary category
//   citations          how many papers cite it
MATCH (paper:Paper)-[filed:IN_CATEGORY]->(category:Category {id: $category})
OPTIONAL MATCH (paper)<-[:CITES]-(citing:Paper)
WITH paper, filed, count(citing) AS citations
RETURN paper.id AS id, paper.title AS title, paper.year AS year, filed.is_primary AS is_primary,
       citations
ORDER BY citations DESC, id
LIMIT toInteger($limit)
