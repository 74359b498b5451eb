// Papers that are likely the same
//
// Answers: which papers have one title, but for capitals, hyphens, spaces and the last full stop?
// graphbuild keeps such papers apart where their identifiers, years or authors contradict each
// other, or where the title is too general; a person may see more.
//
// Parameters: none
// Columns:
//   title    the title, folded
//   ids      the papers that have it
//   years    their years, where known
MATCH (paper:Paper)
WHERE paper.title IS NOT NULL
WITH paper, toLower(replace(replace(replace(paper.title, '-', ''), ' ', ''), '.', '')) AS folded
ORDER BY paper.id
WITH folded, collect(paper.id) AS ids, collect(paper.year) AS years
WHERE size(ids) > 1 AND folded <> ''
RETURN folded AS title, ids, years
ORDER BY size(ids) DESC, title
