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

-- What is no longer as in the file before, or under a heading that nobody knows.
changed as (
    select
        files.local_authority_code,
        files.source_extract,
        files.return_year,
        count(*) as change_count
    from {{ source('quality', 'schema_changes') }} as changes
    inner join files
        on changes.file_sha256 = files.file_sha256
        and changes.extract = files.extract
        and changes.local_authority_code = files.local_authority_code
    where files.status = 'loaded' and changes.change <> 'missing_column'
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

-- Half or twice as many records in the last month as in the same month a year before. A return
-- ends with its year, and a month of few records goes up and down by chance.
unlike as (
    select distinct
        volumes.local_authority_code,
        feeds.source_extract
    from (
        select
            local_authority_code,
            table_name,
            record_source,
            sum(last_month_row_count) as last_month_row_count,
            sum(year_before_row_count) as year_before_row_count
        from {{ ref('int_source_volumes') }}
        where not is_of_returns
        group by local_authority_code, table_name, record_source
    ) as volumes
    inner join {{ ref('source_precedence') }} as feeds
        on volumes.table_name = feeds.table_name
        and volumes.record_source = feeds.record_source
    where
        volumes.year_before_row_count >= 30
        and (
            volumes.last_month_row_count < 0.5 * volumes.year_before_row_count
            or volumes.last_month_row_count > 2 * volumes.year_before_row_count
        )
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

whole as (
    select
        coverage.*,
        cast(null as integer) as feed_year,
        coverage.row_count as file_row_count,
        1.0 as loaded_share,
        coverage.covered_to = max(coverage.covered_to) over (
            partition by coverage.local_authority_code, coverage.source_extract
        ) as is_last,
        lag(coverage.row_count) over (
            partition by coverage.local_authority_code, coverage.source_extract
            order by coverage.covered_to
        ) as earlier_row_count
    from {{ ref('int_source_coverage') }} as coverage
),

loaded as (
    select
        local_authority_code,
        source_extract,
        sum(rows_loaded) / nullif(cast(sum(rows_read) as double), 0) as loaded_share
    from files
    where status = 'loaded' and return_year is null
    group by local_authority_code, source_extract
),

counted_by_year as (
    select
        files.local_authority_code,
        files.source_extract,
        years.reporting_year,
        sum(years.row_count) as row_count,
        sum(years.emptied_row_count) as emptied_row_count,
        sum(years.broken_row_count) as broken_row_count
    from {{ source('quality', 'rows_by_year') }} as years
    inner join files
        on years.file_sha256 = files.file_sha256
        and years.extract = files.extract
        and years.local_authority_code = files.local_authority_code
    where files.status = 'loaded'
    group by files.local_authority_code, files.source_extract, years.reporting_year
),

-- A system that is sent whole has a grade of each year it speaks of, beside that of all of it.
by_year as (
    select
        whole.local_authority_code,
        whole.source_id,
        whole.source_extract,
        whole.return_year,
        years.reporting_year as feed_year,
        make_date(years.reporting_year - 1, 4, 1) as covered_from,
        least(make_date(years.reporting_year, 3, 31), whole.covered_to) as covered_to,
        years.row_count,
        years.row_count - years.emptied_row_count as sound_row_count,
        years.broken_row_count,
        whole.file_row_count,
        -- Of which year a row was that was not loaded nobody knows: of any year alike.
        coalesce(loaded.loaded_share, 1) as loaded_share,
        make_date(years.reporting_year, 3, 31) >= whole.covered_to as is_last
    from whole
    inner join counted_by_year as years
        on whole.local_authority_code = years.local_authority_code
        and whole.source_extract = years.source_extract
        and make_date(years.reporting_year - 1, 4, 1) <= whole.covered_to
        and coalesce(make_date(years.reporting_year, 3, 31) >= whole.covered_from, true)
    left join loaded
        on whole.local_authority_code = loaded.local_authority_code
        and whole.source_extract = loaded.source_extract
    where whole.return_year is null and whole.is_last
),

held as (
    select
        whole.local_authority_code,
        whole.source_id,
        whole.source_extract,
        whole.return_year,
        whole.feed_year,
        whole.covered_from,
        whole.covered_to,
        whole.row_count,
        whole.sound_row_count,
        coalesce(broken.broken_row_count, 0) as broken_row_count,
        coalesce(broken.broken_rule_count, 0) as broken_rule_count,
        whole.file_row_count,
        whole.loaded_share,
        whole.is_last,
        whole.earlier_row_count
    from whole
    left join broken
        on whole.local_authority_code = broken.local_authority_code
        and whole.source_extract = broken.source_extract
        and coalesce(whole.return_year, 0) = coalesce(broken.return_year, 0)
    union all
    select
        local_authority_code,
        source_id,
        source_extract,
        return_year,
        feed_year,
        covered_from,
        covered_to,
        row_count,
        sound_row_count,
        broken_row_count,
        cast(null as bigint) as broken_rule_count,
        file_row_count,
        loaded_share,
        is_last,
        cast(null as bigint) as earlier_row_count
    from by_year
),

weighed as (
    select
        held.local_authority_code,
        held.source_id,
        held.source_extract,
        held.return_year,
        held.feed_year,
        held.covered_from,
        held.covered_to,
        held.row_count,
        held.sound_row_count,
        held.broken_row_count,
        held.broken_rule_count,
        held.file_row_count,
        held.loaded_share,
        case
            when held.return_year is not null then held.earlier_row_count
            else before.row_count
        end as row_count_before,
        coalesce(changed.change_count, 0) > 0 as has_changed,
        held.is_last and unlike.source_extract is not null as is_unlike_year_before,
        sum(compared.compared_count) as compared_count,
        sum(compared.difference_count) as difference_count,
        -- What it says of earlier periods is no worse for it.
        held.is_last
        and {{ days_between('held.covered_to', as_at_date()) }}
        > case
            when of_extract.feed is not null
                then of_extract.fresh_for_days
            else of_family.fresh_for_days
        end as is_overdue
    from held
    left join before
        on held.local_authority_code = before.local_authority_code
        and held.source_extract = before.source_extract
    left join changed
        on held.local_authority_code = changed.local_authority_code
        and held.source_extract = changed.source_extract
        and coalesce(held.return_year, 0) = coalesce(changed.return_year, 0)
    left join unlike
        on held.local_authority_code = unlike.local_authority_code
        and held.source_extract = unlike.source_extract
        and held.return_year is null
    left join compared
        on held.local_authority_code = compared.local_authority_code
        and held.source_extract = compared.source_extract
        and coalesce(coalesce(held.return_year, held.feed_year) = compared.reporting_year, true)
    left join {{ ref('feed_freshness') }} as of_family
        on held.source_id = of_family.feed
    left join {{ ref('feed_freshness') }} as of_extract
        on held.source_extract = replace(of_extract.feed, '__', '_')
    group by all
),

shares as (
    select
        *,
        loaded_share * greatest(sound_row_count - broken_row_count, 0) / cast(row_count as double)
            as complete_share,
        case
            when compared_count > 0
                then greatest(1 - difference_count / cast(compared_count as double), 0)
        end as agreed_share,
        coalesce(is_overdue, false) as is_late,
        -- A file of few rows goes up and down by chance.
        coalesce(row_count_before >= 50 and file_row_count < 0.7 * row_count_before, false)
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
            when
                complete_share >= 0.95
                and broken_row_count = 0
                and agreed_share >= 0.95
                and not has_changed
                and not is_unlike_year_before
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
    cast(coalesce(
        return_year + case when month(covered_to) > 3 then 1 else 0 end, feed_year
    ) as integer) as reporting_year,
    coalesce(cast(coalesce(return_year, feed_year) as varchar), 'as it stands') as period,
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
    has_changed,
    is_unlike_year_before,
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
    || case when has_shrunk then 'Far fewer rows came than in the file before. ' else '' end
    || case when has_changed then 'Its layout is not that of the file before. ' else '' end
    || case
        when is_unlike_year_before
            then 'The last month is half or twice the same month a year before. '
        else ''
    end)
        as reason
from graded
