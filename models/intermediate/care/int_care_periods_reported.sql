with plans as (
    select
        *,
        -- A child may have two plans at a time: both are said.
        coalesce(
            permanence_plan_code,
            nullif(
                substr(
                    case when is_to_be_adopted then ';b) Adoption' else '' end
                    || case
                        when is_to_return_in_1_month or is_to_return_in_6_months
                            or is_to_return_eventually then ';a) Return to family'
                        else ''
                    end
                    || case
                        -- With relatives for good is by order; to be fostered has a flag of its own.
                        when is_to_live_with_relatives then ';c) SGO/CAO'
                        else ''
                    end
                    || case
                        when is_to_be_fostered_to_18 then ';f) Long-term fostering'
                        else ''
                    end
                    || case
                        when is_to_live_in_residential_care
                            then ';e) Long-term residential placement'
                        else ''
                    end
                    || case
                        when is_to_live_with_support
                            then ';d) Supported living in the community'
                        else ''
                    end
                    || case
                        when is_to_remain_with_support or has_other_plan then ';g) Other' else ''
                    end,
                    2
                ),
                ''
            )
        ) as permanence_plan
    from {{ newest_records('ssd__cla_care_plan', ['plan_start_date', 'care_plan_id']) }}
),

runs as (
    select
        care_period_id,
        local_authority_code,
        child_id,
        is_short_break as is_short_breaks_only,
        min(episode_start_date) as first_start_date,
        min_by(coalesce(episode_start_reason_code, '') = 'S', episode_start_date)
            as is_first_start_held,
        min(entered_care_date) as entered_care_date,
        case
            when bool_or(episode_end_date is null) then null
            else max(episode_end_date)
        end as period_end_date,
        -- Of the last episode, blank or not: max_by passes over blanks.
        nullif(max_by(coalesce(episode_end_reason_code, ''), episode_start_date), '')
            as period_end_reason_code,
        count(*) as episode_count,
        max(last_reviewing_officer_contact_date) as last_reviewing_officer_contact_date,
        case when bool_or(episode_end_date is null) then max(last_seen_date) end as seen_open_date,
        max_by(is_end_inferred, episode_start_date) as is_end_inferred,
        bool_or(has_reversed_dates) as has_reversed_dates,
        max(last_return_year) as return_year,
        min_by(record_source, episode_start_date) as record_source,
        min_by(_file_sha256, episode_start_date) as _file_sha256,
        min_by(_row_number, episode_start_date) as _row_number
    from {{ ref('int_care_episodes') }}
    group by all
),

-- A source holds the episodes of its years: where the first one held did not start the period of
-- care, the child has been in care for longer than the episodes show. The nightly dataset says
-- since when, unless that is before an earlier period ended.
since as (
    select
        *,
        not is_first_start_held
        and coalesce(entered_care_date < first_start_date, false)
        and coalesce(
            entered_care_date > lag(period_end_date) over (
                partition by local_authority_code, child_id, is_short_breaks_only
                order by first_start_date
            ),
            true
        ) as is_entry_told
    from runs
),

newest as (
    select
        since.*,
        since.care_period_id as run_id,
        case when since.is_entry_told then since.entered_care_date else since.first_start_date end
            as period_start_date,
        since.is_first_start_held
        or since.is_entry_told
        or coalesce(since.entered_care_date = since.first_start_date, false) as is_start_held
    from since
),

latest_plans as (
    select
        newest.run_id,
        max_by(plans.permanence_plan, plans.plan_start_date) as permanence_plan
    from newest
    inner join plans
        on newest.local_authority_code = plans.local_authority_code
        and newest.child_id = plans.child_id
        and not newest.is_short_breaks_only
        and plans.plan_start_date < {{ end_or_never('newest.period_end_date') }}
        and coalesce(plans.plan_end_date >= newest.period_start_date, true)
    where plans.permanence_plan is not null
    group by newest.run_id
),

from_episodes as (
    select
        newest.*,
        latest_plans.permanence_plan
    from newest
    left join latest_plans on newest.run_id = latest_plans.run_id
),

listed as (
    select
        lists.*,
        {{ made_key(['lists.child_id', 'false', 'lists.period_start_date']) }} as care_period_id,
        {{ code_of_label('reasons.code_group') }} as reason_code
    from {{ newest_records('annex_a__children_in_care', ['period_start_date']) }} as lists
    left join {{ ref('codes') }} as reasons
        on reasons.code_set = 'annex_a_ceased_reason' and lists.period_end_reason_code = reasons.code
),

stated as (
    {% for source in ['ssda903', 'ssd'] %}
    select
        {{ stated_columns('care_periods', source, [
            'child_id', 'period_start_date', 'is_short_breaks_only', 'period_end_date',
            'period_end_reason_code', 'permanence_plan', 'last_reviewing_officer_contact_date',
            'care_period_id', 'is_start_held', 'episode_count', 'seen_open_date',
            'is_end_inferred', 'has_reversed_dates',
        ]) }}
    from from_episodes as newest
    where newest.record_source = '{{ source }}'
    union all
    {% endfor %}
    select
        {{ stated_columns('care_periods', 'annex_a', [
            'child_id', 'period_start_date', 'last_reviewing_officer_contact_date',
            'care_period_id',
        ], {
            'is_short_breaks_only': 'false',
            'period_end_date': 'case when newest.period_end_date < newest.period_start_date'
                ~ ' then newest.period_start_date else newest.period_end_date end',
            'period_end_reason_code': 'newest.reason_code',
            'permanence_plan': 'newest.permanence_plan_code',
            'is_start_held': 'true',
            'is_end_inferred': 'false',
            'has_reversed_dates':
                'coalesce(newest.period_end_date < newest.period_start_date, false)',
        }) }}
    from listed as newest
)

{{ made_of_episodes('care_periods', 'stated') }}
