with measures as (
    select * from {{ ref('audit_measures') }}
),

answers as (
    select
        audits.*,
        answer_groups.code_group = 'excluded' as is_not_applicable
    from {{ ref('stg_local__audits') }} as audits
    left join {{ ref('codes') }} as answer_groups
        on answer_groups.code_set = 'audit_answer'
        and audits.answer_code = answer_groups.code
    -- An answer that came in several exports: the newest.
    qualify row_number() over (
        partition by audits.local_authority_code, audits.audit_id, audits.question_code
        order by
            audits.exported_date desc nulls last, audits._file_sha256 asc,
            audits._row_number desc
    ) = 1
),

-- One row for each audit: of the question asked, or of any where the audit itself counts.
asked as (
    select
        measures.*,
        case measures.dated_by
            when 'audit_date' then answers.audit_date
            when 'audit_completed_date' then answers.audit_completed_date
            when 'audited_event_date' then answers.audited_event_date
        end as event_date,
        answers.local_authority_code,
        answers.audit_id,
        answers.person_key,
        answers.answer_code,
        answers.moderated_answer_code,
        answers.answer_value,
        coalesce(answers.is_not_applicable, false) as is_not_applicable,
        answers._file_sha256,
        answers._row_number
    from answers
    inner join measures
        on measures.counted_by <> 'auditor'
        and {{ is_listed_or_any('measures.audit_type_codes', 'answers.audit_type_code') }}
        and {{ is_listed_or_any(
            'measures.commissioned_by_codes', 'answers.commissioned_by_code'
        ) }}
        and coalesce(answers.question_code = measures.question_code, true)
    qualify row_number() over (
        partition by measures.measure_code, answers.local_authority_code, answers.audit_id
        order by answers._row_number, answers._file_sha256
    ) = 1
),

described as (
    select
        asked.*,
        compared.answer_value as compared_value,
        identities.child_id,
        children.date_of_birth > asked.event_date
        or (children.date_of_birth is null and children.expected_date_of_birth is not null)
            as is_unborn
    from asked
    left join answers as compared
        on asked.local_authority_code = compared.local_authority_code
        and asked.audit_id = compared.audit_id
        and asked.compared_question_code = compared.question_code
    left join {{ ref('int_identities') }} as identities
        on identities.record_source = 'local'
        and asked.local_authority_code = identities.local_authority_code
        and asked.person_key = identities.person_key
    left join {{ ref('int_children') }} as children
        on identities.local_authority_code = children.local_authority_code
        and identities.child_id = children.child_id
),

judged as (
    select
        *,
        case
            when leaves_out_unborn and is_unborn then 'UNBORN'
            when question_code is null then null
            when is_not_applicable then 'NOT_APPLICABLE'
            when coalesce(answer_code, cast(answer_value as varchar)) is null
                then 'NOT_ANSWERED'
            when counted_by = 'moderation' and moderated_answer_code is null
                then 'NOT_MODERATED'
            when counted_by = 'share' and answer_value <= 0 then 'NOTHING_TO_COMPARE_WITH'
        end as exclusion_code,
        case counted_by
            when 'audit' then true
            when 'answer' then {{ is_listed('counted_answer_codes', 'answer_code') }}
            when 'moderation' then moderated_answer_code = answer_code
            when 'share' then compared_value > counted_above_share * answer_value
        end as is_in_numerator
    from described
),

-- Managers of the staff list on the day, whoever they are registered with.
leaders as (
    select
        measures.measure_code,
        workers.local_authority_code,
        workers.worker_id,
        workers.period_end,
        workers._file_sha256,
        workers._row_number,
        max(audits.audit_date) as last_audit_date
    from {{ ref('workforce_snapshots') }} as workers
    inner join measures
        on measures.counted_by = 'auditor'
        and {{ is_listed('measures.org_role_codes', 'workers.org_role_code') }}
    left join answers as audits
        on workers.local_authority_code = audits.local_authority_code
        and workers.worker_id = audits.auditor_key
        and {{ days_between('audits.audit_date', 'workers.period_end') }}
        between 0 and measures.look_back_days - 1
    where workers.record_source = 'local'
    group by
        measures.measure_code, workers.local_authority_code, workers.worker_id,
        workers.period_end, workers._file_sha256, workers._row_number
)

select
    judged.measure_code,
    'audit' as subject_type,
    judged.audit_id as subject_key,
    '' as event_key,
    judged.local_authority_code,
    'audited_cases' as cohort_code,
    periods.period_id,
    case when judged.exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when judged.exclusion_code is null then cast(judged.is_in_numerator as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    judged.exclusion_code,
    case
        when judged.exclusion_code is null and judged.is_in_numerator is null
            then 'NOT_ANSWERED'
    end as missing_code,
    judged.event_date,
    judged.child_id,
    'local' as source_id,
    case judged.counted_by
        when 'audit' then 'audited on ' || cast(judged.event_date as varchar)
        when 'share' then
            'achieved: ' || coalesce(cast(judged.compared_value as varchar), 'blank')
            || ' of ' || coalesce(cast(judged.answer_value as varchar), 'blank')
        when 'moderation' then
            'answer: ' || coalesce(judged.answer_code, 'blank')
            || ', moderated: ' || coalesce(judged.moderated_answer_code, 'blank')
        else 'answer: ' || coalesce(judged.answer_code, 'blank')
    end as evidence,
    judged._file_sha256,
    judged._row_number
from judged
inner join {{ ref('periods') }} as periods
    on judged.event_date between periods.period_start and periods.period_end
union all
select
    leaders.measure_code,
    'worker' as subject_type,
    leaders.worker_id as subject_key,
    '' as event_key,
    leaders.local_authority_code,
    'managers' as cohort_code,
    periods.period_id,
    1 as denominator_flag,
    case when leaders.last_audit_date is null then 0 else 1 end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    cast(null as varchar) as child_id,
    'local' as source_id,
    'last audit: ' || coalesce(cast(leaders.last_audit_date as varchar), 'none') as evidence,
    leaders._file_sha256,
    leaders._row_number
from leaders
inner join {{ ref('periods') }} as periods on leaders.period_end = periods.period_end
