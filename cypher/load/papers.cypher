// Write papers
//
// Answers: how many of these papers are graphbuild's now? Makes them, or brings them up to
// date. One of the same id that graphbuild did not write is left alone and not counted. A list
// whose entries are all null may be given as []; an empty list is given as null, because
// neo4j-admin has none.
// Needs: a Neo4j
//
// Parameters:
//   $load = "0123456789abcdef"    which load this is
//   $id = ["arxiv:1409.0473"]     one entry per paper here and below
//   $whole_id = []                the whole id, where it was cut for the index
//   $null_lists = []              names of lists that are null and not empty
//   $arxiv_id = ["1409.0473"]
//   $doi = []
//   $other_ids = []
//   $title = []
//   $abstract = []
//   $year = [2014]
//   $published = []
//   $updated = []
//   $venue = []
//   $primary_category = ["cs.CL"]
//   $url = []
//   $comment = []
//   $tweets = []
//   $in_corpus = [true]
//   $sources = [["records"]]
// Columns:
//   written    how many papers were made or brought up to date
UNWIND range(0, size($id) - 1) AS row
MERGE (paper:Paper {id: $id[row]})
ON CREATE SET paper.graphbuild_load = $load
WITH paper, row
WHERE paper.graphbuild_load IS NOT NULL
SET paper.graphbuild_load = $load,
    paper.graphbuild_null = $null_lists[row],
    paper.whole_id = $whole_id[row],
    paper.arxiv_id = $arxiv_id[row],
    paper.doi = $doi[row],
    paper.other_ids = $other_ids[row],
    paper.title = $title[row],
    paper.abstract = $abstract[row],
    paper.year = $year[row],
    paper.published = $published[row],
    paper.updated = $updated[row],
    paper.venue = $venue[row],
    paper.primary_category = $primary_category[row],
    paper.url = $url[row],
    paper.comment = $comment[row],
    paper.tweets = $tweets[row],
    paper.in_corpus = $in_corpus[row],
    paper.sources = $sources[row]
RETURN count(paper) AS written
