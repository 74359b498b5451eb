// Write citations
//
// Answers: how many of these citations does the database hold now? Makes them, or brings those
// of earlier loads up to date. Relationships that graphbuild did not write are left alone.
// Where a node is missing, or is not graphbuild's, nothing is written. The citing papers are
// locked first, so that two loads at one time write nothing twice.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
//   $papers = ["id:a","id:b"]     all papers of these citations
//   $locked = [0]                 places in $papers of those that cite
//   $citing = [0]                 place in $papers; one entry per citation from here on
//   $cited = [1]                  place in $papers
//   $same = {}                    values that all of them share, whose lists are then empty
//   $basis = ["reference_list"]
//   $evidence = ["1409.0473"]
//   $file = ["papers.jsonl"]
//   $line = [1]
//   $suspicious_date = [false]
// Columns:
//   written    how many citations were made or brought up to date
UNWIND range(0, size($papers) - 1) AS place
MATCH (node:Paper {id: $papers[place]})
WHERE node.graphbuild_load IS NOT NULL
WITH node, place
ORDER BY place
WITH collect(node) AS papers
WHERE size(papers) = size($papers)
FOREACH (place IN $locked |
  FOREACH (paper IN [papers[place]] | SET paper.graphbuild_load = paper.graphbuild_load))
WITH papers
UNWIND range(0, size($citing) - 1) AS row
WITH papers[$citing[row]] AS citing, papers[$cited[row]] AS cited, row
OPTIONAL MATCH (citing)-[known:CITES]->(cited)
WHERE known.graphbuild_load IS NOT NULL
FOREACH (missing IN CASE WHEN known IS NULL THEN [row] ELSE [] END |
  CREATE (citing)-[:CITES {
    graphbuild_load: $load,
    basis: coalesce($same.basis, $basis[row]),
    evidence: coalesce($same.evidence, $evidence[row]),
    file: coalesce($same.file, $file[row]),
    line: coalesce($same.line, $line[row]),
    suspicious_date: coalesce($same.suspicious_date, $suspicious_date[row])
  }]->(cited))
FOREACH (present IN CASE WHEN known IS NULL THEN [] ELSE [row] END |
  SET known.graphbuild_load = $load,
      known.basis = coalesce($same.basis, $basis[row]),
      known.evidence = coalesce($same.evidence, $evidence[row]),
      known.file = coalesce($same.file, $file[row]),
      known.line = coalesce($same.line, $line[row]),
      known.suspicious_date = coalesce($same.suspicious_date, $suspicious_date[row]))
RETURN count(row) AS written
