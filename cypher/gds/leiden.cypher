// Leiden clusters of the citations, written back
//
// Answers: into how many clusters do the papers fall, and how well? Writes to each paper the number
// of its cluster, as the property cluster. Papers without citations are clusters of their own.
// Needs: a Neo4j with Graph Data Science
//
// Parameters:
//   $graph = "undirected-citations"    the projection of gds/project-undirected
//   $resolution = 1.0                  more makes more clusters
//   $seed = 0                          where chance begins
// Columns:
//   papers        how many papers got a cluster
//   clusters      how many clusters there are
//   modularity    how many more citations stay within clusters than by chance, as a share
CALL gds.leiden.write($graph, {
  gamma: $resolution,
  randomSeed: toInteger($seed),
  concurrency: 1,
  writeProperty: 'cluster'
})
YIELD nodePropertiesWritten, communityCount, modularity
RETURN nodePropertiesWritten AS papers, communityCount AS clusters, modularity
