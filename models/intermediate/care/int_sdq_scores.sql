with forms as (
    select distinct
        local_authority_code,
        measure_code,
        replace(tool_code, 'sdq_', '') as form_code
    from {{ ref('stg_local__progress_measures') }}
    -- A subscale is no total; only the total goes up to 40.
    where tool_code like 'sdq_%' and coalesce(maximum_score, 40) = 40
),

stacked as (
    select
        local_authority_code,
        child_id,
        cast(null as date) as sdq_date,
        return_year,
        sdq_total_score,
        sdq_reason_code as no_score_reason_code,
        -- Returns take the carer's version of the questionnaire.
        'parent_carer' as informant_code,
        'parent_carer' as form_code,
        'ssda903' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('ssda903__oc2', 'return_year') }}
    union all
    select
        local_authority_code,
        child_id,
        sdq_date,
        cast(null as integer) as return_year,
        sdq_total_score,
        no_score_reason_code,
        'parent_carer' as informant_code,
        'parent_carer' as form_code,
        'ssd' as record_source,
        _file_sha256,
        _row_number
    from {{ newest_records('ssd__sdq_scores', ['sdq_date']) }}
    union all
    select
        reviews.local_authority_code,
        reviews.child_id,
        reviews.review_date as sdq_date,
        cast(null as integer) as return_year,
        cast(reviews.score as integer) as sdq_total_score,
        cast(null as varchar) as no_score_reason_code,
        coalesce(
            reviews.rater_type_code, case forms.form_code when 'self' then 'child' else forms.form_code end
        ) as informant_code,
        forms.form_code,
        'local' as record_source,
        reviews._file_sha256,
        reviews._row_number
    from {{ newest_records('local__progress_reviews', ['measure_code', 'review_date']) }} as reviews
    inner join forms
        on reviews.local_authority_code = forms.local_authority_code
        and reviews.measure_code = forms.measure_code
),

bands as (
    select
        code_set,
        label,
        cast(split_part(code, '-', 1) as integer) as lowest_score,
        cast(split_part(code, '-', 2) as integer) as highest_score
    from {{ ref('codes') }}
    where code_set like 'sdq_band_%'
)

select
    {{ made_key(['stacked.child_id', 'stacked.record_source', 'stacked.form_code',
        'stacked.sdq_date', 'stacked.return_year']) }} as sdq_score_id,
    stacked.local_authority_code,
    stacked.child_id,
    stacked.sdq_date,
    stacked.return_year,
    stacked.sdq_total_score,
    stacked.no_score_reason_code,
    stacked.informant_code,
    three_bands.label as sdq_band,
    four_bands.label as sdq_band_of_four,
    stacked.record_source,
    stacked._file_sha256,
    stacked._row_number
from stacked
left join bands as three_bands
    on three_bands.code_set = 'sdq_band_3'
    and stacked.sdq_total_score between three_bands.lowest_score and three_bands.highest_score
left join bands as four_bands
    on four_bands.code_set = 'sdq_band_4_' || stacked.form_code
    and stacked.sdq_total_score between four_bands.lowest_score and four_bands.highest_score
-- Two versions of one scale in use on one day: either will do, as long as it is the same one.
qualify row_number() over (
    partition by stacked.local_authority_code, stacked.child_id, stacked.record_source,
        stacked.form_code, stacked.sdq_date, stacked.return_year
    order by stacked._file_sha256 asc, stacked._row_number desc
) = 1
