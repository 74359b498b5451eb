// PageRank of all papers, written back
//
// Answers: how many papers have a rank now? Writes it to each as the property pagerank. Scores are
// not shares of one, as those of graphbuild rank are: divide by their sum and they are the same.
// Needs: a Neo4j with Graph Data Science
//
// Parameters:
//   $graph = "citations"    the projection of gds/project
//   $damping = 0.85         the damping factor
// Columns:
//   papers        how many papers got a rank
//   iterations    how many iterations it took
//   converged     whether these were enough
CALL gds.pageRank.write($graph, {
  dampingFactor: $damping,
  maxIterations: 1000,
  tolerance: 1e-12,
  writeProperty: 'pagerank'
})
YIELD nodePropertiesWritten, ranIterations, didConverge
RETURN nodePropertiesWritten AS papers, ranIterations AS iterations, didConverge AS converged
