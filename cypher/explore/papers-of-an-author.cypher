// Papers of an author
//
// Answers: what has this author written, and how much is it cited here?
//
// Parameters:
//   $author = "name:lukasz-kaiser"    id of the author
// Columns:
//   id, title, year    the paper
//   position           the author's place among its authors, from 1
//   citations          how many papers cite it
MATCH (author:Author {id: $author})-[wrote:WROTE]->(paper:Paper)
OPTIONAL MATCH (paper)<-[:CITES]-(citing:Paper)
RETURN paper.id AS id, paper.title AS title, paper.year AS year, wrote.position AS position,
       count(citing) AS citations
ORDER BY year, id
