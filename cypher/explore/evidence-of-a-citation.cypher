// Evidence of a citation
//
// Answers: why does graphbuild say that the one paper cites the other?
//
// Parameters:
//   $citing = "arxiv:1706.03762"    id of the paper that cites
//   $cited = "arxiv:1409.0473"      id of the paper that is cited
// Columns:
//   basis         reference_list, bibliography_text or summary
//   evidence      the reference as the input has it
//   file, line    where it stands
MATCH (citing:Paper {id: $citing})-[citation:CITES]->(cited:Paper {id: $cited})
RETURN citation.basis AS basis, citation.evidence AS evidence, citation.file AS file,
       citation.line AS line
