-- A review of the census or of the nightly dataset stands under its plan.
with returned as (
    select
        identities.child_id,
        plans.plan_start_date,
        reviews.*
    from {{ ref('stg_cin_census__cpp_review') }} as reviews
    inner join {{ ref('stg_cin_census__child_protection_plan') }} as plans
        on reviews.local_authority_code = plans.local_authority_code
        and reviews._file_sha256 = plans._file_sha256
        and reviews.person_key = plans.person_key
        and reviews.referral_position = plans.referral_position
        and reviews.plan_position = plans.plan_position
    inner join {{ ref('int_identities') }} as identities
        on reviews.local_authority_code = identities.local_authority_code
        and reviews.person_key = identities.person_key
        and identities.record_source = 'cin_census'
    qualify row_number() over (
        partition by reviews.local_authority_code, identities.child_id, plans.plan_start_date,
            reviews.review_date
        order by reviews.return_year desc, reviews._file_sha256 asc, reviews._row_number desc
    ) = 1
),

exported as (
    select
        identities.child_id,
        plans.plan_start_date,
        reviews.*,
        coalesce(reviews.review_date, reviews.review_due_date) as held_or_due_date
    from {{ ref('stg_ssd__cp_reviews') }} as reviews
    inner join {{ ref('stg_ssd__cp_plans') }} as plans
        on reviews.local_authority_code = plans.local_authority_code
        and reviews.person_key = plans.person_key
        and reviews.protection_plan_id = plans.protection_plan_id
    inner join {{ ref('int_identities') }} as identities
        on reviews.local_authority_code = identities.local_authority_code
        and reviews.person_key = identities.person_key
        and identities.record_source = 'ssd'
    where coalesce(reviews.review_date, reviews.review_due_date) is not null
    -- One due on the day another was held: held.
    qualify row_number() over (
        partition by reviews.local_authority_code, identities.child_id, plans.plan_start_date,
            coalesce(reviews.review_date, reviews.review_due_date)
        order by case when reviews.review_date is not null then 0 else 1 end,
            reviews._row_number desc
    ) = 1
),

stated as (
    select
        {{ stated_columns('plan_reviews', 'ssd', [
            'held_or_due_date', 'review_date', 'review_due_date', 'is_plan_continuing',
            'is_quorate', 'participation_code', 'child_id', 'plan_start_date',
        ], {'protection_plan_id': made_key(['newest.child_id', 'newest.plan_start_date'])}) }}
    from exported as newest
    union all
    select
        {{ stated_columns('plan_reviews', 'cin_census', [
            'review_date', 'child_id', 'plan_start_date',
        ], {
            'protection_plan_id': made_key(['newest.child_id', 'newest.plan_start_date']),
            'held_or_due_date': 'newest.review_date',
        }) }}
    from returned as newest
    union all
    select
        {{ stated_columns('plan_reviews', 'annex_a', ['child_id', 'plan_start_date'], {
            'protection_plan_id': made_key(['newest.child_id', 'newest.plan_start_date']),
            'held_or_due_date': 'newest.latest_review_date',
            'review_date': 'newest.latest_review_date',
        }) }}
    from {{ newest_records('annex_a__child_protection',
        ['plan_start_date', 'latest_review_date']) }} as newest
    where newest.latest_review_date is not null
)

select * from {{ judged_rows('plan_reviews', 'stated') }}
