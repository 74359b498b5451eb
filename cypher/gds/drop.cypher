// Drop a projection of Graph Data Science
//
// Answers: which projection has been dropped? Its memory is free again; what was written back
// stays.
// Needs: a Neo4j with Graph Data Science
//
// Parameters:
//   $graph = "citations"    name of the projection
// Columns:
//   graph    its name; no row when there was none
CALL gds.graph.drop($graph, false)
YIELD graphName
RETURN graphName AS graph
