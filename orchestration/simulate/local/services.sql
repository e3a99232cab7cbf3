-- The register of services, and the places offered in its programmes.

insert into world.service_register
select
    local_authority_code,
    service_code,
    service_name,
    null as programme_code,
    service_area_code,
    null as provider_code,
    'local_authority' as provider_sector_code,
    case service_area_code
        when 'foster_care' then 'FOS' when 'residential_care' then 'RES' when 'leaving_care' then 'LCS'
        when 'adoption' then 'ADO' when 'kinship_care' then 'FNF' when 'disabled_children' then 'DIS_OTH'
        when 'early_help' then 'UFS' when 'youth_justice' then 'YJ' when 'family_support' then 'TFS'
        else 'SW'
    end as service_line_code,
    null as purpose_text,
    null as is_accredited,
    null as place_count,
    start_date,
    null as end_date
from world.services
union all
select
    authorities.local_authority_code,
    authorities.local_authority_code || '-' || list.service_code,
    list.service_name,
    list.programme_code,
    list.service_area_code,
    list.provider_code,
    list.provider_sector_code,
    list.service_line_code,
    list.purpose_text,
    coalesce(list.is_accredited, 'N') = 'Y',
    list.place_count,
    getvariable('detail_from'),
    null
from local_services as list
cross join world.authorities as authorities
where list.programme_code is distinct from 'intensive_family_support'
order by service_code;

-- Who is offered a place: at most one in a service at a time, from the first day of a month on
-- which the need for it is there.
create temp table places as
with wanted as (
    select
        list.*,
        child_months.child_id,
        child_months.person_id,
        child_months.family_id,
        child_months.local_authority_code,
        child_months.month_start_date,
        null as worker_id
    from local_services as list
    inner join child_months
        on case list.population
            when 'child_in_need' then child_months.service_status_code in ('child_in_need', 'protection_plan')
            when 'looked_after' then child_months.service_status_code = 'looked_after'
            when 'families' then child_months.service_status_code <> 'care_leaver'
            when 'open_cases' then child_months.service_status_code <> 'care_leaver'
        end
        and child_months.age_years between list.minimum_age and list.maximum_age
    where list.subject in ('child', 'parent_carer')
    union all
    select
        list.*,
        null,
        null,
        null,
        staff_months.local_authority_code,
        staff_months.month_start_date,
        staff_months.worker_id
    from local_services as list
    inner join staff_months
        on staff_months.staff_group_code in ('qualified_social_worker', 'manager')
    where list.subject = 'worker'
),

chosen as (
    select
        wanted.*,
        coalesce(worker_id, if(subject = 'child', person_id, cast(family_id as varchar))) as who
    from wanted
    where draw('place ' || service_code, concat_ws(' ', coalesce(worker_id, person_id), month_start_date))
        < yearly_share / 12
    -- One place for a family, whichever of its children brings it.
    qualify row_number() over (
        partition by service_code, coalesce(worker_id, if(subject = 'child', person_id, cast(family_id as varchar)))
        order by month_start_date, child_id
    ) = 1
),

timed as (
    select
        *,
        concat_ws(' ', service_code, who) as key,
        month_start_date + between_(0, 20, 'referred', concat_ws(' ', service_code, who)) as referral_date
    from chosen
),

offered as (
    select *, referral_date + wait(14, 'offer', key) as offered_date from timed
),

started as (
    select
        *,
        case when draw('taken up', key) < taken_up_share then offered_date + wait(9, 'start', key) end as start_date
    from offered
),

ended as (
    select
        *,
        case
            when draw('completed', key) < completed_share then 'completed'
            else one_of('dropped_out|dropped_out|moved_away|stepped_up|stepped_down|other', 'other end', key)
        end as fate,
        start_date + cast(weeks * 7 * (0.7 + 0.6 * draw('length', key)) as integer) as full_end_date
    from started
)

select
    *,
    case when fate = 'completed' then full_end_date
        else start_date + 1 + cast((full_end_date - start_date) * 0.7 * draw('dropped', key) as integer)
    end as end_date
from ended
where offered_date <= getvariable('as_at')
order by key;

insert into world.programme_participation
select
    local_authority_code,
    row_number() over (order by local_authority_code, key) as participation_id,
    local_authority_code || '-' || service_code as service_code,
    family_id,
    case subject when 'child' then person_id when 'parent_carer' then parents.parent_id end as person_id,
    case when subject in ('child', 'parent_carer') then child_id end as child_id,
    worker_id,
    one_of(delivery_models, 'model', key) as delivery_model_code,
    case when subject <> 'worker' then one_of('2A|3B|3F|5A|5D|6|1A|8', 'source', key) end as referral_source_code,
    referral_date,
    offered_date,
    by_now(start_date) as start_date,
    case when start_date is null then null else by_now(end_date) end as end_date,
    case
        when start_date is null and offered_date + 60 <= getvariable('as_at') then 'not_started'
        when end_date <= getvariable('as_at') then fate
    end as end_reason_code,
    sessions as sessions_offered_count,
    case
        when start_date is null or start_date > getvariable('as_at') then 0
        when fate = 'completed' and end_date <= getvariable('as_at')
            then cast(ceil(sessions * (0.7 + 0.3 * draw('attended', key))) as integer)
        else cast(ceil(sessions * 0.6 * draw('attended', key)) as integer)
    end as sessions_attended_count
from places
left join parents using (family_id)
where subject <> 'parent_carer' or parents.parent_id is not null
order by participation_id;
