-- The figures of the register, counted from the feeds by its own words.
with families as (
    select places.*
    from feed.local__programme_participation as places
    inner join feed.local__services as services using (la_code, service_code)
    where services.programme_code = 'intensive_family_support' and places.start_date is not null
),

members as (
    select members.*, families.start_date, date_sub('year', members.date_of_birth, families.start_date) as age_years
    from feed.local__family_members as members
    inner join families using (la_code, family_id)
),

reviews as (
    select reviews.*, measures.domain_code
    from feed.local__progress_reviews as reviews
    inner join families using (la_code, participation_id)
    inner join feed.local__progress_measures as measures using (la_code, measure_code)
),

baselines as (from reviews where review_type_code = 'baseline'),

closings as (from reviews where review_type_code = 'closing'),

changes as (
    select baselines.family_id, baselines.person_id, baselines.domain_code, closings.score - baselines.score as change
    from baselines
    inner join closings using (participation_id, person_id, measure_code)
    where baselines.score is not null
),

attendance_problem as (
    select family_id, person_id from baselines where measure_code = 'school_problem' and result_code = 'attendance'
),

excluded as (
    select members.family_id, families.end_date, exclusions.exclusion_start_date, families.start_date
    from feed.local__education_exclusions as exclusions
    inner join members on exclusions.child_id = members.person_id
    inner join families on members.family_id = families.family_id
),

was_excluded as (
    select distinct family_id from excluded
    where exclusion_start_date between start_date - 365 and start_date - 1
),

baselined as (select count(distinct family_id) as n from baselines)

select 'afc_ifs_families_supported' as indicator_id, count(distinct family_id) as numerator, null as denominator from families
union all
select 'afc_ifs_adults_supported', count(distinct person_id), null from members where age_years >= 18
union all
select 'afc_ifs_children_supported', count(distinct person_id), null from members where age_years < 18
union all
select 'afc_ifs_families_residential', count(distinct family_id), null from families where delivery_model_code = 'residential_unit'
union all
select 'afc_ifs_baseline_evicted', count(distinct family_id), any_value(n) from baselines cross join baselined
where measure_code = 'tenancy_status' and result_code = 'evicted'
union all
select 'afc_ifs_baseline_homeless_risk', count(distinct family_id), any_value(n) from baselines cross join baselined
where measure_code = 'tenancy_status' and result_code = 'at_risk_of_eviction'
union all
select 'afc_ifs_baseline_care_risk', count(distinct person_id) filter (where result_code in ('high', 'medium')), count(distinct person_id)
from baselines where measure_code = 'care_entry_risk'
union all
select 'afc_ifs_baseline_vulnerable_child', count(distinct family_id), any_value(n) from baselines cross join baselined
where measure_code = 'vulnerable_child' and result_code = 'yes'
union all
select 'afc_ifs_baseline_violence', count(distinct family_id), any_value(n) from baselines cross join baselined
where measure_code = 'home_violence_history' and result_code = 'yes'
union all
select 'afc_ifs_baseline_school_problems',
    count(distinct baselines.family_id) filter (where result_code in ('attendance', 'exclusion', 'behaviour', 'other')),
    count(distinct baselines.family_id)
from baselines
inner join members using (family_id)
where measure_code = 'school_problem' and members.age_years between 5 and 15
union all
select 'afc_ifs_no_tenancy_risk',
    count(distinct tenancy.family_id) filter (
        where tenancy.result_code in ('stable', 'no_risk_from_asb') and asb.result_code in ('ceased', 'significantly_reduced')),
    count(distinct tenancy.family_id)
from closings as tenancy
inner join closings as asb using (family_id)
where tenancy.measure_code = 'tenancy_status' and asb.measure_code = 'asb_status'
union all
select 'afc_ifs_tenancy_stable', count(*) filter (where result_code = 'stable'), count(*) from closings where measure_code = 'tenancy_status'
union all
select 'afc_ifs_mental_health_improved', count(*) filter (where best >= 1 and worst >= 0), count(*)
from (select family_id, max(change) as best, min(change) as worst from changes where domain_code = 'mental_health' group by family_id)
union all
select 'afc_ifs_attendance_improved', count(*) filter (where best >= 2), count(*)
from (
    select family_id, max(change) as best
    from attendance_problem
    inner join changes using (family_id, person_id)
    where domain_code = 'school_attendance'
    group by family_id
)
union all
select 'afc_ifs_no_longer_excluded',
    count(*) filter (where family_id not in (
        select family_id from excluded where exclusion_start_date between end_date - 84 and end_date)),
    count(*)
from was_excluded
