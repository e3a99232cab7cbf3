-- Factors stand under the newest statement of their assessment; those of an older one are not
-- added to them.
with returned as (
    select
        assessments.local_authority_code,
        assessments.child_id,
        assessments.assessment_start_date,
        assessments.assessment_authorised_date,
        assessments.return_year,
        factors.factor_code,
        factors._file_sha256,
        factors._row_number
    from {{ newest_records('cin_census__assessment', 'assessment_start_date') }} as assessments
    inner join {{ ref('stg_cin_census__assessment_factor') }} as factors
        on assessments.local_authority_code = factors.local_authority_code
        and assessments._file_sha256 = factors._file_sha256
        and assessments.person_key = factors.person_key
        and assessments.referral_position = factors.referral_position
        and assessments.assessment_position = factors.assessment_position
),

exported_lists as (
    select
        assessments.local_authority_code,
        assessments.child_id,
        assessments.assessment_start_date,
        assessments.assessment_authorised_date,
        {{ row_for_each('factors.factor_codes') }} as factor_code,
        factors._file_sha256,
        factors._row_number
    from {{ newest_records('ssd__cin_assessments', 'assessment_start_date') }} as assessments
    inner join {{ ref('stg_ssd__assessment_factors') }} as factors
        on assessments.local_authority_code = factors.local_authority_code
        and assessments.assessment_id = factors.assessment_id
    where assessments.assessment_start_date is not null
),

told as (
    select
        local_authority_code,
        child_id,
        {{ made_key(['child_id', 'assessment_start_date']) }} as assessment_id,
        assessment_start_date,
        assessment_authorised_date,
        factor_code,
        'cin_census' as record_source,
        return_year,
        _file_sha256,
        _row_number
    from returned
    union all
    select
        local_authority_code,
        child_id,
        {{ made_key(['child_id', 'assessment_start_date']) }} as assessment_id,
        assessment_start_date,
        assessment_authorised_date,
        factor_code,
        'ssd' as record_source,
        cast(null as integer) as return_year,
        _file_sha256,
        _row_number
    from exported_lists
),

newest as (
    select * from told
    where factor_code is not null
    qualify row_number() over (
        partition by local_authority_code, assessment_id, factor_code, record_source
        order by _file_sha256 asc, _row_number desc
    ) = 1
),

stated as (
    {% for source in ['ssd', 'cin_census'] %}
    select
        {{ stated_columns('assessment_factors', source, [
            'assessment_id', 'factor_code', 'child_id', 'assessment_start_date',
            'assessment_authorised_date',
        ]) }}
    from newest
    where newest.record_source = '{{ source }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from {{ judged_rows('assessment_factors', 'stated') }}
