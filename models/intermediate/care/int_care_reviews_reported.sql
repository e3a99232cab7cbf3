with period_children as (
    select
        local_authority_code,
        care_period_id,
        min(person_key) as person_key
    from {{ ref('stg_ssd__cla_episodes') }}
    where care_period_id is not null
    group by local_authority_code, care_period_id
),

-- A review of the nightly dataset names no child: its period of care leads there.
exported as (
    select
        identities.child_id,
        reviews.*,
        coalesce(reviews.review_date, reviews.review_due_date) as held_or_due_date
    from {{ ref('stg_ssd__cla_reviews') }} as reviews
    inner join period_children
        on reviews.local_authority_code = period_children.local_authority_code
        and reviews.care_period_id = period_children.care_period_id
    inner join {{ ref('int_identities') }} as identities
        on period_children.local_authority_code = identities.local_authority_code
        and period_children.person_key = identities.person_key
        and identities.record_source = 'ssd'
    where coalesce(reviews.review_date, reviews.review_due_date) is not null
    -- Cancelled and held on one day: it was held.
    qualify row_number() over (
        partition by
            reviews.local_authority_code,
            identities.child_id,
            coalesce(reviews.review_date, reviews.review_due_date)
        order by
            coalesce(reviews.is_cancelled, false) asc,
            case when reviews.review_date is not null then 0 else 1 end,
            reviews._row_number desc
    ) = 1
),

stated as (
    select
        {{ stated_columns('care_reviews', 'ssda903', [
            'child_id', 'review_date', 'participation_code',
        ], {'held_or_due_date': 'newest.review_date', 'is_cancelled': 'false'}) }}
    from {{ newest_records('ssda903__reviews', 'review_date') }} as newest
    where newest.review_date is not null
    union all
    select
        {{ stated_columns('care_reviews', 'ssd', [
            'child_id', 'held_or_due_date', 'review_date', 'review_due_date', 'is_cancelled',
            'participation_code',
        ]) }}
    from exported as newest
    union all
    select
        {{ stated_columns('care_reviews', 'annex_a', ['child_id'], {
            'held_or_due_date': 'newest.latest_review_date',
            'review_date': 'newest.latest_review_date',
            'is_cancelled': 'false',
        }) }}
    from {{ newest_records('annex_a__children_in_care', 'latest_review_date') }} as newest
    where newest.latest_review_date is not null
)

select * from {{ judged_rows('care_reviews', 'stated') }}
