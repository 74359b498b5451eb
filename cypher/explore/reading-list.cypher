// Reading list for a topic
//
// Answers: what do the papers on a topic cite most? On the topic are those with all of the words in
// their titles.
//
// Parameters:
//   $words = ["neural", "translation"]    words or parts of words, in any case
//   $limit = 20                           how many papers at most
// Columns:
//   id, title, year    the paper to read
//   citations          how many papers on the topic cite it
//   is_on_topic        whether its own title has the words too
MATCH (topical:Paper)
WHERE all(word IN $words WHERE toLower(topical.title) CONTAINS toLower(word))
MATCH (topical)-[:CITES]->(paper:Paper)
WITH paper, count(topical) AS citations
RETURN paper.id AS id, paper.title AS title, paper.year AS year, citations,
       coalesce(all(word IN $words WHERE toLower(paper.title) CONTAINS toLower(word)), false)
       AS is_on_topic
ORDER BY citations DESC, id
LIMIT toInteger($limit)
