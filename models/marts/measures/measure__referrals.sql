with referrals as (
    select
        *,
        lag(referral_date) over (
            partition by local_authority_code, child_id order by referral_date
        ) as previous_referral_date,
        {{ years_before('referral_date', 1) }} as looked_back_to
    from {{ ref('int_referrals') }}
),

-- Twelve months back must lie in censuses that are loaded, one after the other without a gap.
judged as (
    select
        referrals.*,
        runs.run_from is not null and runs.run_from <= referrals.looked_back_to as is_followed_back
    from referrals
    left join {{ ref('int_return_runs') }} as runs
        on runs.source_extract = 'cin_census'
        and referrals.local_authority_code = runs.local_authority_code
        and referrals.referral_date between runs.run_from and runs.run_to
)

select
    'referrals_rereferred' as measure_code,
    'child' as subject_type,
    judged.child_id as subject_key,
    judged.referral_id as event_key,
    judged.local_authority_code,
    'child_in_need' as cohort_code,
    periods.period_id,
    1 as denominator_flag,
    case
        when judged.is_followed_back
            then cast(
                coalesce(judged.previous_referral_date >= judged.looked_back_to, false) as integer
            )
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    case when not judged.is_followed_back then 'EARLIER_CENSUS_NOT_LOADED' end as missing_code,
    judged.referral_date as event_date,
    judged.child_id,
    judged.record_source as source_id,
    'referral before: ' || coalesce(cast(judged.previous_referral_date as varchar), 'none held')
        as evidence,
    judged._file_sha256,
    judged._row_number
from judged
inner join {{ ref('periods') }} as periods
    on judged.referral_date between periods.period_start and periods.period_end
