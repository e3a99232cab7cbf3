with files as (
    select
        *,
        case when family in ('cin_census', 'csww') then family else replace(extract, '__', '_') end
            as source_extract
    from {{ source('quality', 'extract_files') }}
),

-- Rows that break a rule, each once however many it breaks.
broken as (
    select
        files.local_authority_code,
        files.source_extract,
        files.return_year,
        count(distinct promises.file_sha256 || '|' || cast(promises.line_number as varchar))
            as broken_row_count,
        count(distinct promises.check_name) as broken_rule_count
    from {{ source('quality', 'broken_promises') }} as promises
    inner join files
        on promises.file_sha256 = files.file_sha256
        and promises.local_authority_code = files.local_authority_code
        and promises.table_name = 'raw.' || files.extract
    where files.status = 'loaded'
    group by files.local_authority_code, files.source_extract, files.return_year
),

-- The file before, of a system that is sent whole every time.
before as (
    select
        local_authority_code,
        source_extract,
        max_by(rows_read, exported_date) as row_count
    from files
    where status = 'superseded' and return_year is null
    group by local_authority_code, source_extract
),

differing as (
    select
        local_authority_code,
        table_name,
        reporting_year,
        record_source,
        sum(row_count) as difference_count,
        sum(case when difference = 'row left out' then row_count else 0 end) as left_out_count
    from (
        select
            local_authority_code, table_name, reporting_year, difference, row_count,
            source_kept as record_source
        from {{ ref('int_source_differences') }}
        where difference <> 'row left out'
        union all
        select
            local_authority_code, table_name, reporting_year, difference, row_count,
            source_set_aside as record_source
        from {{ ref('int_source_differences') }}
    ) as both_sides
    group by local_authority_code, table_name, reporting_year, record_source
),

fed as (
    select distinct
        table_name,
        record_source,
        source_extract
    from {{ ref('source_precedence') }}
    where table_name not in (select table_name from {{ ref('not_reconciled') }})
),

compared as (
    select
        volumes.local_authority_code,
        fed.source_extract,
        volumes.reporting_year,
        sum(volumes.compared_row_count + coalesce(differing.left_out_count, 0))
            as compared_count,
        sum(coalesce(differing.difference_count, 0)) as difference_count
    from {{ ref('int_source_volumes') }} as volumes
    inner join fed
        on volumes.table_name = fed.table_name
        and volumes.record_source = fed.record_source
    left join differing
        on volumes.local_authority_code = differing.local_authority_code
        and volumes.table_name = differing.table_name
        and volumes.reporting_year = differing.reporting_year
        and volumes.record_source = differing.record_source
    group by volumes.local_authority_code, fed.source_extract, volumes.reporting_year
),

held as (
    select
        coverage.*,
        max(coverage.covered_to) over (
            partition by coverage.local_authority_code, coverage.source_extract
        ) as last_covered_to,
        lag(coverage.row_count) over (
            partition by coverage.local_authority_code, coverage.source_extract
            order by coverage.covered_to
        ) as earlier_row_count
    from {{ ref('int_source_coverage') }} as coverage
),

weighed as (
    select
        held.local_authority_code,
        held.source_id,
        held.source_extract,
        held.return_year,
        held.covered_from,
        held.covered_to,
        held.row_count,
        held.sound_row_count,
        coalesce(broken.broken_row_count, 0) as broken_row_count,
        coalesce(broken.broken_rule_count, 0) as broken_rule_count,
        case
            when held.return_year is not null then held.earlier_row_count
            else before.row_count
        end as row_count_before,
        sum(compared.compared_count) as compared_count,
        sum(compared.difference_count) as difference_count,
        -- What it says of earlier periods is no worse for it.
        held.covered_to = held.last_covered_to
        and {{ days_between('held.covered_to', as_at_date()) }}
        > case
            when of_extract.feed is not null
                then of_extract.fresh_for_days
            else of_family.fresh_for_days
        end as is_overdue
    from held
    left join broken
        on held.local_authority_code = broken.local_authority_code
        and held.source_extract = broken.source_extract
        and coalesce(held.return_year, 0) = coalesce(broken.return_year, 0)
    left join before
        on held.local_authority_code = before.local_authority_code
        and held.source_extract = before.source_extract
    left join compared
        on held.local_authority_code = compared.local_authority_code
        and held.source_extract = compared.source_extract
        and coalesce(held.return_year = compared.reporting_year, true)
    left join {{ ref('feed_freshness') }} as of_family
        on held.source_id = of_family.feed
    left join {{ ref('feed_freshness') }} as of_extract
        on held.source_extract = replace(of_extract.feed, '__', '_')
    group by all
),

shares as (
    select
        *,
        greatest(sound_row_count - broken_row_count, 0) / cast(row_count as double)
            as complete_share,
        case
            when compared_count > 0
                then greatest(1 - difference_count / cast(compared_count as double), 0)
        end as agreed_share,
        coalesce(is_overdue, false) as is_late,
        -- A file of few rows goes up and down by chance.
        coalesce(row_count_before >= 50 and row_count < 0.7 * row_count_before, false)
            as has_shrunk
    from weighed
),

graded as (
    select
        *,
        case
            when complete_share < 0.75 then 'D'
            when complete_share < 0.90 or is_late or has_shrunk then 'C'
            when coalesce(agreed_share, 1) < 0.90 then 'C'
            when complete_share >= 0.95 and broken_row_count = 0 and agreed_share >= 0.95
                then 'A'
            else 'B'
        end as dq_grade
    from shares
)

select
    local_authority_code,
    source_id,
    source_extract,
    cast(return_year as integer) as return_year,
    -- The workforce census of September is of the year that ends in the March after it.
    cast(return_year + case when month(covered_to) > 3 then 1 else 0 end as integer)
        as reporting_year,
    covered_from,
    covered_to,
    cast(row_count as bigint) as row_count,
    cast(broken_row_count as bigint) as broken_row_count,
    cast(broken_rule_count as bigint) as broken_rule_count,
    cast(complete_share as double) as complete_share,
    cast(compared_count as bigint) as compared_count,
    cast(agreed_share as double) as agreed_share,
    cast(row_count_before as bigint) as row_count_before,
    is_late,
    has_shrunk,
    dq_grade,
    -- Only what keeps it from an A; without numbers, so that anyone may read it.
    rtrim(case
        when complete_share < 0.75 then 'Fewer than 75 % of the rows are whole. '
        when complete_share < 0.90 then 'Fewer than 90 % of the rows are whole. '
        when complete_share < 0.95 then 'Fewer than 95 % of the rows are whole. '
        else ''
    end
    || case when broken_row_count > 0 then 'Rows break rules. ' else '' end
    || case
        when agreed_share is null then 'No second source holds the same rows. '
        when agreed_share < 0.90 then 'Another source disagrees about more than 10 % of the rows. '
        when agreed_share < 0.95 then 'Another source disagrees about more than 5 % of the rows. '
        else ''
    end
    || case when is_late then 'The next one is overdue. ' else '' end
    || case when has_shrunk then 'Far fewer rows came than in the file before. ' else '' end)
        as reason
from graded
