// Authors by h-index
//
// Answers: whose papers are cited much, and not just one of them? An author has index h when h of
// their papers are cited at least h times each (Hirsch 2005), here by the papers of this graph.
//
// Parameters:
//   $limit = 20    how many authors at most
// Columns:
//   id, name     the author
//   h_index      the index
//   papers       how many papers they wrote
//   citations    how often these are cited, all together
MATCH (author:Author)-[:WROTE]->(paper:Paper)
WITH DISTINCT author, paper
WITH author, COUNT { (paper)<-[:CITES]-(:Paper) } AS citations
ORDER BY citations DESC
WITH author, collect(citations) AS ranked
RETURN author.id AS id, author.name AS name,
       size([place IN range(0, size(ranked) - 1) WHERE ranked[place] > place]) AS h_index,
       size(ranked) AS papers,
       reduce(total = 0, citations IN ranked | total + citations) AS citations
ORDER BY h_index DESC, citations DESC, id
LIMIT toInteger($limit)
