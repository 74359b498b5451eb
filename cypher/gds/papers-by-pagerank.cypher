// Papers by the PageRank that was written back
//
// Answers: which papers rank highest, in which clusters are they, and what is similar to them?
// Needs: a Neo4j with what gds/pagerank, gds/leiden and gds/node-similarity wrote
//
// Parameters:
//   $limit = 20    how many papers at most
// Columns:
//   id, title, year    the paper
//   share              its PageRank as a share of the sum, as graphbuild rank gives it
//   cluster            its cluster
//   similar            the papers most similar to it by references
MATCH (paper:Paper)
WITH sum(paper.pagerank) AS total
MATCH (paper:Paper)
WHERE paper.pagerank IS NOT NULL
WITH paper, paper.pagerank / total AS share
ORDER BY share DESC, paper.id
LIMIT toInteger($limit)
OPTIONAL MATCH (paper)-[how:SIMILAR]->(other:Paper)
WITH paper, share, how, other
ORDER BY how.jaccard DESC, other.id
RETURN paper.id AS id, paper.title AS title, paper.year AS year, share, paper.cluster AS cluster,
       collect(other.id) AS similar
ORDER BY share DESC, id
