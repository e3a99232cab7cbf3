{% set sources = survivor_order() %}

-- ---- the same number ----
with listed as (
    select
        *,
        {{ survivor_place('record_source') }} as survivor_order
    from {{ ref('int_person_numbers') }}
),

dated as (
    select
        *,
        min_by(date_of_birth, case when date_of_birth is not null then survivor_order end) over (
            partition by local_authority_code, person_key
        ) as first_date_of_birth
    from listed
),

-- A missing or expected date is no disagreement.
grouped as (
    select
        *,
        coalesce(date_of_birth <> first_date_of_birth, false) as is_apart,
        coalesce(date_of_birth, first_date_of_birth) as person_date_of_birth,
        min(survivor_order) over (
            partition by local_authority_code, person_key,
                coalesce(date_of_birth, first_date_of_birth)
        ) as person_order
    from dated
),

numbers as (
    select
        *,
        case
            when is_apart then {{ made_key([
                survivor_at('person_order'), 'person_key',
            ]) }}
            else person_key
        end as person_id
    from grouped
),

people as (
    select distinct local_authority_code, person_id, person_order, person_date_of_birth
    from numbers
),

-- ---- the same pupil number ----
holders as (
    select distinct
        numbers.local_authority_code,
        numbers.person_id,
        numbers.person_order,
        numbers.person_date_of_birth,
        other_numbers.number_key as upn_key
    from {{ ref('int_other_numbers') }} as other_numbers
    inner join numbers
        on other_numbers.local_authority_code = numbers.local_authority_code
        and other_numbers.record_source = numbers.record_source
        and other_numbers.person_key = numbers.person_key
    where other_numbers.number_type = 'pupil_number'
),

-- One number in each source, or nobody can say who is who. A number counts wherever it is, also
-- in a source that does not know its pupil number: a twin may have been given that of the other.
numbers_of_pupils as (
    select
        holders.local_authority_code,
        holders.upn_key,
        numbers.record_source,
        count(distinct numbers.person_key) as number_count
    from holders
    inner join numbers
        on holders.local_authority_code = numbers.local_authority_code
        and holders.person_id = numbers.person_id
    group by holders.local_authority_code, holders.upn_key, numbers.record_source
),

doubtful as (
    select distinct local_authority_code, upn_key from numbers_of_pupils
    where number_count > 1
),

sole_holders as (
    select holders.* from holders
    left join doubtful
        on holders.local_authority_code = doubtful.local_authority_code
        and holders.upn_key = doubtful.upn_key
    where doubtful.upn_key is null
),

-- A pupil number that changed: who holds the old one or the new one holds both.
changed as (
    select distinct
        one.local_authority_code,
        one.upn_key,
        other.upn_key as also_upn_key
    from sole_holders as one
    inner join sole_holders as other
        on one.local_authority_code = other.local_authority_code
        and one.person_id = other.person_id
),

pupils as (
    select distinct
        sole_holders.local_authority_code,
        sole_holders.person_id,
        sole_holders.person_order,
        sole_holders.person_date_of_birth,
        changed.also_upn_key as upn_key
    from sole_holders
    inner join changed
        on sole_holders.local_authority_code = changed.local_authority_code
        and sole_holders.upn_key = changed.upn_key
),

pairs as (
    select distinct
        later.local_authority_code,
        later.person_id,
        earlier.person_id as earlier_person_id
    from pupils as later
    inner join pupils as earlier
        on later.local_authority_code = earlier.local_authority_code
        and later.upn_key = earlier.upn_key
        and later.person_date_of_birth = earlier.person_date_of_birth
        and later.person_order > earlier.person_order
),

-- Source by source, each person of it to the one child the earlier sources know; two children, or
-- two persons for one child, are no match.
settled_1 as (
    select local_authority_code, person_id, person_id as child_id from people
    where person_order = 1
),

{% for source in sources[1:] %}{% set order = loop.index + 1 %}
found_{{ order }} as (
    select
        pairs.local_authority_code,
        pairs.person_id,
        min(settled.child_id) as found_child_id
    from pairs
    inner join people
        on pairs.local_authority_code = people.local_authority_code
        and pairs.person_id = people.person_id
        and people.person_order = {{ order }}
    inner join settled_{{ order - 1 }} as settled
        on pairs.local_authority_code = settled.local_authority_code
        and pairs.earlier_person_id = settled.person_id
    group by pairs.local_authority_code, pairs.person_id
    having count(distinct settled.child_id) = 1
    qualify count(*) over (partition by pairs.local_authority_code, found_child_id) = 1
),

settled_{{ order }} as (
    select * from settled_{{ order - 1 }}
    union all
    select
        people.local_authority_code,
        people.person_id,
        coalesce(found.found_child_id, people.person_id) as child_id
    from people
    left join found_{{ order }} as found
        on people.local_authority_code = found.local_authority_code
        and people.person_id = found.person_id
    where people.person_order = {{ order }}
),
{% endfor %}

-- Two numbers of one source that pupil numbers have led to one child: none of it holds.
numbers_of_children as (
    select
        settled.local_authority_code,
        settled.child_id,
        numbers.record_source,
        count(distinct numbers.person_key) as number_count
    from settled_{{ sources | length }} as settled
    inner join numbers
        on settled.local_authority_code = numbers.local_authority_code
        and settled.person_id = numbers.person_id
    group by settled.local_authority_code, settled.child_id, numbers.record_source
),

overfull as (
    select distinct local_authority_code, child_id from numbers_of_children
    where number_count > 1
),

matched as (
    select
        people.local_authority_code,
        people.person_id,
        people.person_date_of_birth,
        case when overfull.child_id is null then settled.child_id else people.person_id end
            as child_id,
        min(people.person_order) over (
            partition by people.local_authority_code,
                case when overfull.child_id is null then settled.child_id else people.person_id end
        ) as child_order
    from people
    inner join settled_{{ sources | length }} as settled
        on people.local_authority_code = settled.local_authority_code
        and people.person_id = settled.person_id
    left join overfull
        on settled.local_authority_code = overfull.local_authority_code
        and settled.child_id = overfull.child_id
),

-- ---- an earlier number, or one that the case system links ----
claims as (
    select distinct
        claimed.local_authority_code,
        claimed.child_id,
        claimants.person_id as claimant_id,
        coalesce(
            claimed.person_date_of_birth = claimants.person_date_of_birth, true
        ) as has_agreeing_dates
    from {{ ref('int_other_numbers') }} as other_numbers
    inner join numbers as claimants
        on other_numbers.local_authority_code = claimants.local_authority_code
        and other_numbers.record_source = claimants.record_source
        and other_numbers.person_key = claimants.person_key
    inner join numbers as old_numbers
        on other_numbers.local_authority_code = old_numbers.local_authority_code
        and other_numbers.number_key = old_numbers.person_key
    inner join matched as claimed
        on old_numbers.local_authority_code = claimed.local_authority_code
        and old_numbers.person_id = claimed.person_id
    where other_numbers.number_type = 'person_number'
        -- Whoever the nightly dataset holds under the number itself is somebody else.
        and claimed.child_order > 1
),

claimed_children as (
    select
        local_authority_code,
        child_id,
        case
            when count(distinct claimant_id) = 1
                and min(case when has_agreeing_dates then 1 else 0 end) = 1
                then min(claimant_id)
        end as claimant_id
    from claims
    group by local_authority_code, child_id
),

resolved as (
    select
        numbers.*,
        coalesce(claimed_children.claimant_id, matched.child_id) as child_id,
        case
            when claimed_children.claimant_id is not null then 'linked_number'
            when matched.child_id <> matched.person_id then 'same_pupil_number'
            when numbers.is_apart then 'kept_apart'
            when numbers.survivor_order > numbers.person_order then 'same_number'
            else 'own_number'
        end as match_rule,
        claimed_children.child_id is not null and claimed_children.claimant_id is null
            as is_claim_refused
    from numbers
    inner join matched
        on numbers.local_authority_code = matched.local_authority_code
        and numbers.person_id = matched.person_id
    left join claimed_children
        on matched.local_authority_code = claimed_children.local_authority_code
        and matched.child_id = claimed_children.child_id
),

-- Children who share a pupil number and were not joined.
still_shared as (
    select
        holders.local_authority_code,
        holders.upn_key
    from holders
    inner join resolved
        on holders.local_authority_code = resolved.local_authority_code
        and holders.person_id = resolved.person_id
    group by holders.local_authority_code, holders.upn_key
    having count(distinct resolved.child_id) > 1
),

pupils_apart as (
    select distinct holders.local_authority_code, holders.person_id
    from holders
    inner join still_shared
        on holders.local_authority_code = still_shared.local_authority_code
        and holders.upn_key = still_shared.upn_key
)

select
    resolved.local_authority_code,
    resolved.record_source,
    resolved.person_key,
    resolved.child_id,
    resolved.date_of_birth,
    resolved.match_rule,
    case
        when resolved.is_claim_refused then 'linked_number'
        when pupils_apart.person_id is not null then 'same_pupil_number'
        when resolved.is_apart then 'same_number'
    end as refused_rule
from resolved
left join pupils_apart
    on resolved.local_authority_code = pupils_apart.local_authority_code
    and resolved.person_id = pupils_apart.person_id
