with headings as (
    select distinct
        _file_sha256,
        {{ row_for_each('map_keys(cells)') }} as heading
    from {{ ref('int_published_lines') }}
),

keyed as (
    select
        _file_sha256,
        {{ heading_key('heading') }} as heading_key,
        heading
    from headings
)

select * from keyed
-- Two headings of one key: either will do, as long as it is always the same one.
qualify row_number() over (partition by _file_sha256, heading_key order by heading) = 1
