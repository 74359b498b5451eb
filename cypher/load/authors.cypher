// Write authors
//
// Answers: how many of these authors are graphbuild's now? Makes them, or brings them up to
// date. One of the same id that graphbuild did not write is left alone and not counted. A list
// whose entries are all null may be given as []; an empty list is given as null, because
// neo4j-admin has none.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
//   $id = ["name:kaiser"]         one entry per author here and below
//   $whole_id = []                the whole id, where it was cut for the index
//   $null_lists = []              names of lists that are null and not empty
//   $name = ["Kaiser"]
//   $names = [["Kaiser"]]
//   $orcid = []
// Columns:
//   written    how many authors were made or brought up to date
UNWIND range(0, size($id) - 1) AS row
MERGE (author:Author {id: $id[row]})
ON CREATE SET author.graphbuild_load = $load
WITH author, row
WHERE author.graphbuild_load IS NOT NULL
SET author.graphbuild_load = $load,
    author.graphbuild_null = $null_lists[row],
    author.whole_id = $whole_id[row],
    author.name = $name[row],
    author.names = $names[row],
    author.orcid = $orcid[row]
RETURN count(author) AS written
