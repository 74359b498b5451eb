// Citations between primary categories
//
// Answers: which field reads which? Papers without a primary category are left out, and most of
// those outside of the corpus have none.
//
// Parameters: none
// Columns:
//   citing_category    primary category of the citing papers
//   cited_category     primary category of the cited ones
//   citations          how many citations go from the one to the other
MATCH (source:Category)<-[in_source:IN_CATEGORY]-(citing:Paper)-[:CITES]->(cited:Paper)
      -[in_target:IN_CATEGORY]->(target:Category)
WHERE in_source.is_primary = true AND in_target.is_primary = true
RETURN source.id AS citing_category, target.id AS cited_category, count(citing) AS citations
ORDER BY citations DESC, citing_category, cited_category
