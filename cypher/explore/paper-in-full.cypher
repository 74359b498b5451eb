// A paper with its authors and categories
//
// Answers: what is known of this paper?
//
// Parameters:
//   $paper = "arxiv:1706.03762"    id of the paper
// Columns:
//   id, title, year, venue, url    the paper
//   authors                        their names, in order
//   categories                     its categories, the primary one first
//   references, citations          how many papers it cites, and how many cite it
//   abstract                       its abstract
MATCH (paper:Paper {id: $paper})
OPTIONAL MATCH (author:Author)-[wrote:WROTE]->(paper)
WITH paper, author, wrote
ORDER BY wrote.position, author.id
WITH paper, collect(author.name) AS authors
OPTIONAL MATCH (paper)-[filed:IN_CATEGORY]->(category:Category)
WITH paper, authors, category, filed
ORDER BY filed.is_primary DESC, category.id
WITH paper, authors, collect(category.id) AS categories
RETURN paper.id AS id, paper.title AS title, paper.year AS year, paper.venue AS venue,
       paper.url AS url, authors, categories,
       COUNT { (paper)-[:CITES]->(:Paper) } AS references,
       COUNT { (paper)<-[:CITES]-(:Paper) } AS citations,
       paper.abstract AS abstract
