// Write categories
//
// Answers: how many of these categories are graphbuild's now? Makes them, or brings them up to
// date. One of the same id that graphbuild did not write is left alone and not counted. A list
// whose entries are all null may be given as []; an empty list is given as null, because
// neo4j-admin has none.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
//   $id = ["cs.CL"]               one entry per category here and below
//   $whole_id = []                the whole id, where it was cut for the index
// Columns:
//   written    how many categories were made or brought up to date
UNWIND range(0, size($id) - 1) AS row
MERGE (category:Category {id: $id[row]})
ON CREATE SET category.graphbuild_load = $load
WITH category, row
WHERE category.graphbuild_load IS NOT NULL
SET category.graphbuild_load = $load,
    category.whole_id = $whole_id[row]
RETURN count(category) AS written
