Contracts with clients.

-- decisions --
-- By the index of cases and time: a contract has few events, and the months outside of the keys are not opened.
SELECT case_key AS case, type = $3 AS renewed, data ->> 'service_area' AS area, copropiedad_id AS copropiedad,
       time AS at
FROM event
WHERE case_key >= $1 AND case_key < $2 AND type IN ($3, $4)
  AND key >= $5 AND key < $6 AND time >= $7 AND time < $8
  AND ($9::text IS NULL OR data ->> 'service_area' = $9)
  AND ($10::text[] IS NULL OR copropiedad_id = ANY ($10))
ORDER BY time, key
