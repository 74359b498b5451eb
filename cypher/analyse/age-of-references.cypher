// Age of references, year by year
//
// Answers: how far back do papers look? Citations whose years are not both known are left out.
//
// Parameters: none
// Columns:
//   year          year of the citing papers
//   references    how many citations they make
//   mean_age      how many years lie between, on average
//   oldest        the earliest year that is cited
MATCH (citing:Paper)-[:CITES]->(cited:Paper)
WHERE citing.year IS NOT NULL AND cited.year IS NOT NULL
RETURN citing.year AS year, count(cited) AS references,
       sum(citing.year - cited.year) * 1.0 / count(cited) AS mean_age, min(cited.year) AS oldest
ORDER BY year
