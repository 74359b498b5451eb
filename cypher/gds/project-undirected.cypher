// Project the citations without their direction
//
// Answers: how many papers and citations does the projection have? Makes it, under a name, for
// gds/leiden, which knows no direction. Run gds/drop at the end.
// Needs: a Neo4j with Graph Data Science
//
// Parameters:
//   $graph = "undirected-citations"    name of the projection
// Columns:
//   graph        its name
//   papers       how many nodes it has
//   citations    how many relationships, each counted from both ends
MATCH (citing:Paper)
OPTIONAL MATCH (citing)-[:CITES]->(cited:Paper)
WITH gds.graph.project($graph, citing, cited, null, {undirectedRelationshipTypes: ['*']})
     AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS papers,
       projected.relationshipCount AS citations
