// Remove what Graph Data Science wrote
//
// Answers: how many papers had a rank, a cluster or a similar paper? Removes all of
// that; graphbuild's own data stay.
// Needs: a Neo4j with what gds/pagerank, gds/leiden and gds/node-similarity wrote
//
// Parameters: none
// Columns:
//   papers    how many papers were cleared
MATCH (paper:Paper)
WHERE paper.pagerank IS NOT NULL OR paper.cluster IS NOT NULL
   OR EXISTS { (paper)-[:SIMILAR]->(:Paper) }
OPTIONAL MATCH (paper)-[similar:SIMILAR]->(:Paper)
DELETE similar
WITH DISTINCT paper
REMOVE paper.pagerank, paper.cluster
RETURN count(paper) AS papers
