// Project the citations into Graph Data Science
//
// Answers: how many papers and citations does the projection have? Makes it, under a name, as
// directed as citations are; papers without citations are in it too. Run gds/drop at the end.
// Needs: a Neo4j with Graph Data Science
//
// Parameters:
//   $graph = "citations"    name of the projection
// Columns:
//   graph        its name
//   papers       how many nodes it has
//   citations    how many relationships
MATCH (citing:Paper)
OPTIONAL MATCH (citing)-[:CITES]->(cited:Paper)
WITH gds.graph.project($graph, citing, cited) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS papers,
       projected.relationshipCount AS citations
