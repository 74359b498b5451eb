// Sleeping beauties
//
// Answers: which papers were hardly cited for years, and then much? By the beauty coefficient of
// Ke, Ferrara, Radicchi and Flammini (2015): how far the citations of each year stay below the
// straight line from the year of publication to the year of most citations. Citations that are
// dated before the paper, or not at all, are left out.
//
// Parameters:
//   $minimum = 2    how many citations the best year must have
//   $limit = 20     how many papers at most
// Columns:
//   id, title, year    the paper
//   awake              the first year of most citations
//   most               how many citations that year has
//   beauty             the beauty coefficient, to two digits
MATCH (cited:Paper)<-[:CITES]-(citing:Paper)
WHERE citing.year >= cited.year
WITH cited.id AS id, citing.year - cited.year AS age, count(*) AS citations
ORDER BY age
WITH id, collect(age) AS ages, collect(citations) AS counts, max(citations) AS most
WHERE most >= $minimum
WITH id, ages, counts, most,
     head([place IN range(0, size(ages) - 1) WHERE counts[place] = most | ages[place]]) AS peak
WHERE peak > 0
WITH id, most, peak,
     [age IN range(0, peak) |
       reduce(here = 0, place IN range(0, size(ages) - 1) |
         CASE WHEN ages[place] = age THEN counts[place] ELSE here END)] AS yearly
WITH id, most, peak, reduce(beauty = 0.0, age IN range(0, peak) |
       beauty + ((most - yearly[0]) * age / (peak * 1.0) + yearly[0] - yearly[age])
                / (CASE WHEN yearly[age] > 1 THEN yearly[age] ELSE 1 END)) AS sum
WITH id, most, peak, floor(sum * 100 + 0.5) / 100 AS beauty
ORDER BY beauty DESC, id
LIMIT toInteger($limit)
MATCH (paper:Paper {id: id})
RETURN id, paper.title AS title, paper.year AS year, paper.year + peak AS awake, most, beauty
ORDER BY beauty DESC, id
