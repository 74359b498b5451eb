// Papers with similar references, written back
//
// Answers: how many pairs of papers share references? Writes a relationship SIMILAR from each paper
// to those that are most similar to it, with the Jaccard index of their references as its property
// jaccard: bibliographic coupling (Kessler 1963), divided by how many papers the two cite in all.
// Needs: a Neo4j with Graph Data Science
//
// Parameters:
//   $graph = "citations"    the projection of gds/project
//   $top = 10               how many similar papers each paper gets at most
//   $minimum = 0.1          the least Jaccard index
// Columns:
//   papers    how many papers were compared
//   pairs     how many relationships were written
CALL gds.nodeSimilarity.write($graph, {
  similarityMetric: 'JACCARD',
  similarityCutoff: $minimum,
  topK: toInteger($top),
  writeRelationshipType: 'SIMILAR',
  writeProperty: 'jaccard'
})
YIELD nodesCompared, relationshipsWritten
RETURN nodesCompared AS papers, relationshipsWritten AS pairs
